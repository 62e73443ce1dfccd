from django.db import migrations

TRIGGER = """
CREATE FUNCTION contacts_learn_name_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO contacts_nameword (word)
    SELECT DISTINCT left(word, 100)
    FROM changed, regexp_split_to_table(kcc_fold(changed.first_name || ' ' || changed.last_name), '[^[:alnum:]]+') AS word
    WHERE length(word) > 2
    ORDER BY 1
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER name_words_of_new AFTER INSERT ON contacts_customer
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION contacts_learn_name_words();
CREATE TRIGGER name_words_of_changed AFTER UPDATE ON contacts_customer
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION contacts_learn_name_words();
"""
UNDO = """
DROP TRIGGER name_words_of_new ON contacts_customer;
DROP TRIGGER name_words_of_changed ON contacts_customer;
DROP FUNCTION contacts_learn_name_words();
"""


class Migration(migrations.Migration):
    dependencies = [("contacts", "0001_initial")]
    operations = [migrations.RunSQL(TRIGGER, UNDO)]
