"""Operations for migrations: row-level security and references that cannot cross companies (DECISIONS A2, A4)."""

from django.db.migrations.operations import RunSQL

OF_THE_COMPANY = """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_company ON {table} TO amate_app
  USING (company_id = coalesce(nullif(current_setting('amate.company', true), ''), 'no company_scope is open')::bigint);
CREATE POLICY planner ON {table} TO amate_owner USING (true) WITH CHECK (true);
"""
OPEN_AGAIN = """
DROP POLICY planner ON {table};
DROP POLICY of_the_company ON {table};
ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
"""


def guard(table: str, *, referred: bool = True) -> RunSQL:
    """Row-level security for a company's table; `referred` also lets others point at it by (company, id).

    Reading outside a scope raises instead of being empty: the cast of the sentence to bigint fails in PostgreSQL itself.
    """
    key = f"{table}_company_id_id_key"
    forward, backward = OF_THE_COMPANY.format(table=table), OPEN_AGAIN.format(table=table)
    if referred:
        forward += f"ALTER TABLE {table} ADD CONSTRAINT {key} UNIQUE (company_id, id);"
        backward = f"ALTER TABLE {table} DROP CONSTRAINT {key};" + backward
    return RunSQL(forward, backward)


def same_company(table: str, column: str, target: str) -> RunSQL:
    """A composite foreign key: a row may only refer to a row of its own company. Policies alone do not guard that."""
    name = f"{table}_{column}_same_company"
    return RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (company_id, {column}) "
        f"REFERENCES {target} (company_id, id) DEFERRABLE INITIALLY DEFERRED;",
        f"ALTER TABLE {table} DROP CONSTRAINT {name};",
    )


def never_changed(table: str, *, but: tuple[str, ...] = ()) -> RunSQL:
    """Written once: UPDATE (but of the named columns) and DELETE by the application raise (FISCAL DB-8)."""
    function = f"{table}_never_changed"
    kept = " - ".join(["to_jsonb({row})", *(f"'{column}'" for column in but)])
    return RunSQL(
        f"""
        CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF TG_OP = 'DELETE' OR {kept.format(row="OLD")} IS DISTINCT FROM {kept.format(row="NEW")} THEN
            RAISE EXCEPTION '{table} is written once and never changed' USING ERRCODE = 'integrity_constraint_violation';
          END IF;
          RETURN NEW;
        END $$;
        CREATE TRIGGER {function} BEFORE UPDATE OR DELETE ON {table}
          FOR EACH ROW WHEN (current_user = 'amate_app') EXECUTE FUNCTION {function}();
        """,
        f"DROP TRIGGER {function} ON {table}; DROP FUNCTION {function}();",
    )
