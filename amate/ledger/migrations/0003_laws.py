from django.db import migrations


def trigger(name: str, table: str, when: str, body: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$\n{body}\n$$;\n"
        f"CREATE {when.format(table=table)} EXECUTE FUNCTION {name}();",
        f"DROP TRIGGER {name} ON {table}; DROP FUNCTION {name}();",
    )


# I1. At once for whatever was written together; and at commit every new entry has its lines.
LINES_BALANCE = """
BEGIN
  IF EXISTS (SELECT 1 FROM fresh f JOIN ledger_journalentry e ON e.id = f.entry_id WHERE e.day <> f.day) THEN
    RAISE EXCEPTION 'a journal line is of the day of its entry' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF EXISTS (
    SELECT 1 FROM ledger_journalline l WHERE l.entry_id IN (SELECT entry_id FROM fresh)
    GROUP BY l.entry_id, l.moneda HAVING sum(l.amount) <> 0
  ) THEN
    RAISE EXCEPTION 'a journal entry sums to zero in each currency' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END"""
ENTRY_BALANCES = """
DECLARE
  lines bigint; unbalanced boolean;
BEGIN
  SELECT sum(n), bool_or(whole <> 0) INTO lines, unbalanced FROM (
    SELECT count(*) AS n, sum(amount) AS whole FROM ledger_journalline WHERE entry_id = NEW.id GROUP BY moneda
  ) AS of_currency;
  IF coalesce(lines, 0) < 2 OR unbalanced THEN
    RAISE EXCEPTION 'journal entry % does not sum to zero', NEW.source_key
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END"""

# A receivable is the sum of its charges.
CHARGES_ADD_UP = """
BEGIN
  IF EXISTS (
    SELECT 1 FROM ledger_charge c JOIN ledger_receivable r ON r.id = c.receivable_id
    WHERE c.receivable_id IN (SELECT receivable_id FROM fresh) GROUP BY r.id
    HAVING (sum(c.total), sum(c.iva), sum(c.ieps), sum(c.withheld)) <> (r.total, r.iva, r.ieps, r.withheld)
      OR bool_or(c.customer_id <> r.customer_id)
  ) THEN
    RAISE EXCEPTION 'a receivable is the sum of its charges' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END"""

# I6, and the two caches. The rows are locked and then judged in a new statement, so that the bounds hold even for who
# forgot the customer's lock (DECISIONS C6).
ALLOCATION_MADE = """
BEGIN
  PERFORM 1 FROM ledger_payment WHERE id IN (SELECT payment_id FROM fresh) ORDER BY id FOR NO KEY UPDATE;
  PERFORM 1 FROM ledger_receivable WHERE id IN (SELECT receivable_id FROM fresh) ORDER BY id FOR NO KEY UPDATE;
  IF EXISTS (
    SELECT 1 FROM fresh f JOIN ledger_payment p ON p.id = f.payment_id JOIN ledger_receivable r ON r.id = f.receivable_id
    WHERE p.customer_id IS DISTINCT FROM r.customer_id OR p.moneda <> r.moneda OR p.reversed_on IS NOT NULL
      OR r.state = 'void' OR f.day < r.issued_on OR f.day < p.paid_on OR f.day < r.reopened_on OR f.day < r.state_on
      OR f.reversed_on IS NOT NULL OR f.frozen_at IS NOT NULL
  ) THEN
    RAISE EXCEPTION 'a live payment pays a debt of the same customer and currency, from a day both stand'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF EXISTS (
    SELECT 1 FROM ledger_allocation a JOIN ledger_payment p ON p.id = a.payment_id
    WHERE a.payment_id IN (SELECT payment_id FROM fresh) AND a.reversed_on IS NULL
    GROUP BY p.id HAVING sum(a.amount) > p.amount
  ) OR EXISTS (
    SELECT 1 FROM ledger_allocation a JOIN ledger_receivable r ON r.id = a.receivable_id
    WHERE a.receivable_id IN (SELECT receivable_id FROM fresh) AND a.reversed_on IS NULL
    GROUP BY r.id HAVING sum(a.amount) > r.total OR sum(a.iva) > r.iva OR sum(a.ieps) > r.ieps
  ) THEN
    RAISE EXCEPTION 'allocations never pass their payment nor their receivable'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  UPDATE ledger_payment p SET used_up_on = used.day FROM (
    SELECT payment_id, sum(amount) AS amount, max(day) AS day FROM ledger_allocation
    WHERE payment_id IN (SELECT payment_id FROM fresh) AND reversed_on IS NULL GROUP BY payment_id
  ) AS used WHERE p.id = used.payment_id AND p.amount = used.amount;
  UPDATE ledger_receivable r SET settled_on = paid.day FROM (
    SELECT receivable_id, sum(amount) AS amount, max(day) AS day FROM ledger_allocation
    WHERE receivable_id IN (SELECT receivable_id FROM fresh) AND reversed_on IS NULL GROUP BY receivable_id
  ) AS paid WHERE r.id = paid.receivable_id AND r.total = paid.amount;
  RETURN NULL;
END"""
ALLOCATION_REVERSED = """
BEGIN
  UPDATE ledger_payment SET used_up_on = NULL WHERE used_up_on IS NOT NULL AND id IN (
    SELECT a.payment_id FROM after_it a JOIN before_it b USING (id) WHERE b.reversed_on IS NULL AND a.reversed_on IS NOT NULL
  );
  UPDATE ledger_receivable r SET settled_on = NULL, reopened_on = greatest(r.reopened_on, gone.day) FROM (
    SELECT a.receivable_id, max(a.reversed_on) AS day FROM after_it a JOIN before_it b USING (id)
    WHERE b.reversed_on IS NULL AND a.reversed_on IS NOT NULL GROUP BY a.receivable_id
  ) AS gone WHERE r.id = gone.receivable_id;
  RETURN NULL;
END"""
ALLOCATION_LAW = """
BEGIN
  IF OLD.reversed_on IS NOT NULL THEN
    RAISE EXCEPTION 'a reversed allocation stays as it is' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.reversed_on IS NOT NULL AND (OLD.frozen_at IS NOT NULL OR NEW.frozen_at IS NOT NULL) THEN
    RAISE EXCEPTION 'a frozen allocation is not reversed: cancel its REP first'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END"""

RECEIVABLE_LAW = """
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'open' OR NEW.settled_on IS NOT NULL OR NEW.reopened_on IS NOT NULL THEN
      RAISE EXCEPTION 'a receivable begins open' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF (NEW.state, NEW.state_on) IS DISTINCT FROM (OLD.state, OLD.state_on) AND (OLD.state <> 'open'
      OR NEW.settled_on IS NOT NULL OR NEW.state = 'void' AND EXISTS (
        SELECT 1 FROM ledger_allocation WHERE receivable_id = OLD.id AND reversed_on IS NULL)) THEN
    RAISE EXCEPTION 'a receivable goes from open to void, when nothing pays it, or to written off, when something is left'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.settled_on IS DISTINCT FROM OLD.settled_on AND NEW.settled_on IS DISTINCT FROM (
      SELECT max(day) FROM ledger_allocation WHERE receivable_id = OLD.id AND reversed_on IS NULL
      HAVING sum(amount) = OLD.total) THEN
    RAISE EXCEPTION 'a receivable is settled when its allocations sum to its total'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END"""
PAYMENT_LAW = """
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.used_up_on IS NOT NULL OR NEW.reversed_on IS NOT NULL OR NEW.deposited_on IS NOT NULL THEN
      RAISE EXCEPTION 'a payment begins unused' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF (NEW.reversed_on, NEW.reversed_as) IS DISTINCT FROM (OLD.reversed_on, OLD.reversed_as)
      AND OLD.reversed_on IS NOT NULL OR NEW.deposited_on IS DISTINCT FROM OLD.deposited_on
      AND OLD.deposited_on IS NOT NULL THEN
    RAISE EXCEPTION 'what became of a payment is written once' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF (NEW.reversed_on IS NOT NULL AND OLD.reversed_on IS NULL OR NEW.customer_id IS NULL AND OLD.customer_id IS NOT NULL)
      AND EXISTS (SELECT 1 FROM ledger_allocation WHERE payment_id = OLD.id AND reversed_on IS NULL) THEN
    RAISE EXCEPTION 'a payment is given back when it pays nothing any more'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.used_up_on IS DISTINCT FROM OLD.used_up_on AND NEW.used_up_on IS DISTINCT FROM (
      SELECT max(day) FROM ledger_allocation WHERE payment_id = OLD.id AND reversed_on IS NULL
      HAVING sum(amount) = OLD.amount) THEN
    RAISE EXCEPTION 'a payment is used up when its allocations sum to its amount'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END"""

FRESH = "TRIGGER {name} AFTER INSERT ON {{table}} REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT"
EACH = "TRIGGER {name} BEFORE INSERT OR UPDATE ON {{table}} FOR EACH ROW WHEN (current_user = 'amate_app')"


def law(name: str, table: str, when: str, body: str) -> migrations.RunSQL:
    return trigger(f"ledger_{name}", f"ledger_{table}", when.format(name=f"ledger_{name}"), body)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_guards")]

    operations = [
        law("lines_balance", "journalline", FRESH, LINES_BALANCE),
        law(
            "entry_balances",
            "journalentry",
            "CONSTRAINT TRIGGER {name} AFTER INSERT ON {{table}} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW",
            ENTRY_BALANCES,
        ),
        law("charges_add_up", "charge", FRESH, CHARGES_ADD_UP),
        law("allocation_made", "allocation", FRESH, ALLOCATION_MADE),
        law(
            "allocation_reversed",
            "allocation",
            "TRIGGER {name} AFTER UPDATE ON {{table}} REFERENCING OLD TABLE AS before_it NEW TABLE AS after_it FOR EACH STATEMENT",
            ALLOCATION_REVERSED,
        ),
        law(
            "allocation_law",
            "allocation",
            "TRIGGER {name} BEFORE UPDATE ON {{table}} FOR EACH ROW WHEN (current_user = 'amate_app')",
            ALLOCATION_LAW,
        ),
        law("receivable_law", "receivable", EACH, RECEIVABLE_LAW),
        law("payment_law", "payment", EACH, PAYMENT_LAW),
    ]
