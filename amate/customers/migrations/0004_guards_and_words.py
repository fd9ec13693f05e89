from django.db import migrations
from django.db.migrations.operations import RunSQL

from amate.tenancy.policy import guard, same_company

# Texts are folded as `plain_text` does; `search_name` is folded already. Of an RFC, Ñ is N and & parts it, as there.
WORDS = """
CREATE FUNCTION customers_words(text text, mail text) RETURNS SETOF text LANGUAGE sql IMMUTABLE AS $$
  SELECT DISTINCT left(word, 80) FROM (
    SELECT regexp_split_to_table(translate(text, 'ñÑ&', 'nn '), ' ') AS word
    UNION ALL SELECT mail
    UNION ALL SELECT regexp_split_to_table(split_part(mail, '@', 1), '[^a-z0-9]+')
  ) said WHERE word <> '';
$$;
CREATE FUNCTION customers_index(whose bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM customers_customerword WHERE customer_id = whose;
  INSERT INTO customers_customerword (company_id, customer_id, word)
  WITH RECURSIVE same AS (
    SELECT id, company_id, number, rfc, search_name, correo FROM customers_customer WHERE id = whose
    UNION ALL
    SELECT c.id, c.company_id, c.number, c.rfc, c.search_name, c.correo
    FROM customers_customer c JOIN same ON c.merged_into_id = same.id
  ), texts AS (
    SELECT company_id, search_name || ' ' || lower(rfc) || ' ' || number AS text, lower(correo) AS mail FROM same
    UNION ALL
    SELECT company_id, search_name || ' ' || digits, lower(correo) FROM customers_contact WHERE customer_id = whose
  )
  SELECT DISTINCT company_id, whose, word FROM texts, customers_words(text, mail) AS word;
END $$;
"""
# A new customer reads no table: invoices of strangers make one each, and files thousands at once.
OF_CUSTOMER = """
CREATE FUNCTION customers_customer_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO customers_customerword (company_id, customer_id, word)
    SELECT NEW.company_id, NEW.id, word
    FROM customers_words(NEW.search_name || ' ' || lower(NEW.rfc) || ' ' || NEW.number, lower(NEW.correo)) AS word;
  ELSIF NEW.merged_into_id IS NULL THEN
    PERFORM customers_index(NEW.id);
  ELSE
    DELETE FROM customers_customerword WHERE customer_id = NEW.id;
    PERFORM customers_index(NEW.merged_into_id);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER words AFTER INSERT ON customers_customer FOR EACH ROW EXECUTE FUNCTION customers_customer_words();
CREATE TRIGGER words_again AFTER UPDATE OF search_name, rfc, correo, merged_into_id ON customers_customer FOR EACH ROW
  WHEN ((OLD.search_name, OLD.rfc, OLD.correo, OLD.merged_into_id)
    IS DISTINCT FROM (NEW.search_name, NEW.rfc, NEW.correo, NEW.merged_into_id))
  EXECUTE FUNCTION customers_customer_words();
"""
OF_CONTACT = """
CREATE FUNCTION customers_contact_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    PERFORM customers_index(OLD.customer_id);
  END IF;
  IF TG_OP = 'INSERT' OR TG_OP = 'UPDATE' AND NEW.customer_id <> OLD.customer_id THEN
    PERFORM customers_index(NEW.customer_id);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER words AFTER INSERT OR UPDATE OR DELETE ON customers_contact
  FOR EACH ROW EXECUTE FUNCTION customers_contact_words();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0003_contacts_review_and_merge"),
    ]

    operations = [
        guard("customers_contact"),
        guard("customers_customerword", referred=False),
        same_company("customers_contact", "customer_id", "customers_customer"),
        same_company("customers_customerword", "customer_id", "customers_customer"),
        same_company("customers_customer", "merged_into_id", "customers_customer"),
        RunSQL(WORDS, "DROP FUNCTION customers_index(bigint); DROP FUNCTION customers_words(text, text);"),
        RunSQL(
            OF_CUSTOMER,
            "DROP TRIGGER words ON customers_customer; DROP TRIGGER words_again ON customers_customer; "
            "DROP FUNCTION customers_customer_words();",
        ),
        RunSQL(OF_CONTACT, "DROP TRIGGER words ON customers_contact; DROP FUNCTION customers_contact_words();"),
        RunSQL("SELECT customers_index(id) FROM customers_customer;", RunSQL.noop),
    ]
