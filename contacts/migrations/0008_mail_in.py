from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the tables may be large, and people are working in them
    dependencies = [("contacts", "0007_draft_discarded")]
    operations = [
        AddIndexConcurrently(
            model_name="contact",
            index=models.Index(
                condition=models.Q(channel="email", direction="in"),
                fields=["party", "-happened_at"],
                name="contact_by_mail_address",
            ),
        ),
        AddIndexConcurrently(
            model_name="inbound",
            index=models.Index(
                condition=models.Q(automatic="bounce", joined=""), fields=["-received_at"], name="inbound_unmatched"
            ),
        ),
        AddIndexConcurrently(
            model_name="inbound",
            index=models.Index(condition=~models.Q(parked_at=None), fields=["parked_at"], name="inbound_parked"),
        ),
        AddIndexConcurrently(
            model_name="message",
            index=GinIndex(
                OpClass(models.F("references"), name="jsonb_path_ops"),
                condition=~models.Q(references=[]),
                fastupdate=False,
                name="message_by_reference",
            ),
        ),
        AddIndexConcurrently(
            model_name="outgoing",
            index=models.Index(
                condition=models.Q(kind="acknowledgement"),
                fields=["created_at", "recipient"],
                name="outgoing_acknowledged",
            ),
        ),
    ]
