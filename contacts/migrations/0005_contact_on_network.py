from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

# What open cases from before are shown by: the last message of the customer.
FILL = """
UPDATE contacts_case AS c SET last_inbound_at = c.opened_at, channel = f.channel, sender = f.sender, snippet = f.snippet
FROM (
    SELECT DISTINCT ON (m.case_id) m.case_id, m.channel,
        left(coalesce(nullif(concat_ws(' ', nullif(p.first_name, ''), nullif(p.infix, ''), p.last_name), ''), m.party), 200) AS sender,
        left(regexp_replace(m.text, '\\s+', ' ', 'g'), 200) AS snippet
    FROM contacts_contact AS m LEFT JOIN contacts_customer AS p ON p.id = m.customer_id
    WHERE m.case_id IS NOT NULL AND m.direction = 'in' ORDER BY m.case_id, m.happened_at DESC
) AS f WHERE f.case_id = c.id
"""


class Migration(migrations.Migration):
    atomic = False  # the table may be large, and people are working in it
    dependencies = [("contacts", "0004_connection_resting")]
    operations = [
        migrations.SeparateDatabaseAndState(  # 0003 said that it is there
            database_operations=[
                AddIndexConcurrently(
                    model_name="contact",
                    index=models.Index(fields=["conversation", "-happened_at", "-id"], name="contact_conversation"),
                ),
            ],
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        AddIndexConcurrently(
            model_name="contact",
            index=models.Index(
                condition=~models.Q(network=""), fields=["network", "party", "-happened_at"], name="contact_on_network"
            ),
        ),
    ]
