"""Queries that are written once: the ORM composes the SQL at the first call, afterwards only the values travel.

Composing costs Django about as much as PostgreSQL's answer and its way here together, and a claim asks some twenty
questions whose shape never changes. `docs/decisions/0006` has the figures.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import connection, models
from django.db.models.expressions import Expression
from django.db.models.query import ModelIterable, get_related_populators

Row = TypeVar("Row", bound=models.Model)


class Arg(Expression):
    """The place of a value that is given with each call."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self]

    def __repr__(self) -> str:
        return f"Arg({self.name!r})"


class Compiled(Generic[Row]):
    """`Compiled(lambda: Ticket.objects.filter(code=Arg("code")))`, then `.first(code="…")`.

    For whole rows, with select_related and annotations; values(), prefetch_related and an Arg inside a list are not for
    it. A value goes to PostgreSQL as it is: no field converts it, so give a date where the column is a date. Outside a
    scope it is PostgreSQL itself that refuses to answer.
    """

    def __init__(self, queryset: Callable[[], models.QuerySet[Row]]) -> None:
        self._queryset = queryset

    def all(self, **values: Any) -> list[Row]:
        sql, params, build = self._plan
        with connection.cursor() as c:
            c.execute(sql, [values[p.name] if isinstance(p, Arg) else p for p in params])
            return [build(row) for row in c.fetchall()]

    def first(self, **values: Any) -> Row | None:
        """The first row, or None. The queryset says the order and the limit; a unique key needs neither."""
        return next(iter(self.all(**values)), None)

    def get(self, **values: Any) -> Row:
        """The row that must be there. Raises the model's DoesNotExist."""
        row = self.first(**values)
        if row is None:
            raise self._model.DoesNotExist(f"{self._model.__name__} matching query does not exist.")
        return row

    @cached_property
    def _model(self) -> Any:
        return self._queryset().model

    @cached_property
    def _plan(self) -> tuple[str, tuple[Any, ...], Callable[[tuple[Any, ...]], Row]]:
        queryset = self._queryset()
        if queryset._iterable_class is not ModelIterable or queryset._prefetch_related_lookups:  # type: ignore[attr-defined]
            raise TypeError("Compiled is for whole rows: no values(), values_list() or prefetch_related()")
        compiler = queryset.query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        return sql, tuple(params), _builder(compiler)


def _builder(compiler: Any) -> Callable[[tuple[Any, ...]], Any]:
    """How `ModelIterable` makes an object of a row, with all that is the same for every row worked out before."""
    using, info = connection.alias, compiler.klass_info
    model, fields = info["model"], info["select_fields"]
    start, end = fields[0], fields[-1] + 1
    names = [column[0].target.attname for column in compiler.select[start:end]]
    related = get_related_populators(info, compiler.select, using)  # type: ignore[call-arg]  # the stubs are of Django 6
    annotations = dict(compiler.annotation_col_map or {})
    converters = compiler.get_converters([column[0] for column in compiler.select[: compiler.col_count]])
    converting = [(at, converter, expression) for at, (many, expression) in converters.items() for converter in many]

    def build(row: tuple[Any, ...]) -> Any:
        values = list(row)
        for at, converter, expression in converting:
            values[at] = converter(values[at], expression, connection)
        made = model.from_db(using, names, values[start:end])
        for populator in related:
            populator.populate(values, made)
        for name, at in annotations.items():
            setattr(made, name, values[at])
        return made

    return build
