"""`$((…))` and `((…))`: integers, variables, and the number of the host's processors as a quantity with a name."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import replace

from flaskprod_lint.inputs import python, shell_words
from flaskprod_lint.inputs.shell import Literal, Variable, Word
from flaskprod_lint.model import EnvironmentRead, Unknown
from flaskprod_lint.patterns import regex
from flaskprod_lint.resolve.commands.holes import Hole, Holes
from flaskprod_lint.resolve.commands.state import Argument, Reads

_NAME = regex(r"(?<![\w$])[A-Za-z_]\w*")
_ALLOWED = regex(r"[\d\s+\-*/%()<>=!&|]*")


def evaluate(text: str, expand: Callable[[Word], Argument], holes: Holes) -> tuple[str, Reads]:
    """The value of an expression; a formula of host CPUs stays one, what else is unknown is so as a whole."""
    formula, reads = "", list[EnvironmentRead]()
    for part in _named(shell_words.read(text, quoted=True)):
        argument = expand(Word(part.raw if not isinstance(part, Literal) else part.text, (part,)))
        reads.extend(argument.reads)
        formula += argument.text if isinstance(part, Literal) else argument.text or "0"
    unknown = next(iter(holes.within(formula)), None)
    if unknown is None:
        value = _number(formula)
        if value is not None:
            return str(value), tuple(reads)
        unknown = Hole(Unknown(f"$(({text})) is computed at run time"), f"$(({text}))", nonempty=True)
    elif unknown.unknown.symbol:
        readable = formula
        for hole in holes.within(formula):
            readable = readable.replace(holes.make(hole), hole.unknown.reason)
        readable = re.sub(r"\s*([+\-*/])\s*", r" \1 ", readable).replace("*", "×").strip()
        unknown = replace(unknown, unknown=replace(unknown.unknown, reason=readable))
    return holes.make(replace(unknown, raw=f"$(({text}))", nonempty=True)), tuple(reads)


def _named(word: Word) -> list[shell_words.Part]:
    """The parts of an expression, in which a bare name means the variable."""
    parts: list[shell_words.Part] = []
    for part in word.parts:
        if not isinstance(part, Literal):
            parts.append(part)
            continue
        last = 0
        for match in _NAME.finditer(part.text):
            parts.append(Literal(part.text[last : match.start()], '"'))
            parts.append(Variable(match.group(), "$" + match.group(), True))
            last = match.end()
        parts.append(Literal(part.text[last:], '"'))
    return [part for part in parts if not isinstance(part, Literal) or part.text]


def _number(text: str) -> int | None:
    if len(text) > 200 or not _ALLOWED.fullmatch(text):
        return None
    expression = text.replace("&&", " and ").replace("||", " or ")
    expression = re.sub(r"!(?!=)", " not ", expression)
    expression = re.sub(r"\b0+(\d)", r"\1", expression).strip()
    try:
        return _evaluate(python.expression(expression), 0)
    except (*python.UNPARSABLE, ZeroDivisionError, OverflowError, TypeError, KeyError):
        return None


def _evaluate(node: ast.expr, depth: int) -> int:
    if depth > 50:
        raise ValueError("too deep")
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return int(node.value)
    if isinstance(node, ast.UnaryOp):
        value = _evaluate(node.operand, depth + 1)
        return {ast.USub: -value, ast.UAdd: value, ast.Not: int(not value)}[type(node.op)]
    if isinstance(node, ast.BinOp):
        return _binary(node.op, _evaluate(node.left, depth + 1), _evaluate(node.right, depth + 1))
    if isinstance(node, ast.BoolOp):
        values = [bool(_evaluate(value, depth + 1)) for value in node.values]
        return int(all(values) if isinstance(node.op, ast.And) else any(values))
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        left, right = _evaluate(node.left, depth + 1), _evaluate(node.comparators[0], depth + 1)
        results = {
            ast.Lt: left < right,
            ast.LtE: left <= right,
            ast.Gt: left > right,
            ast.GtE: left >= right,
            ast.Eq: left == right,
            ast.NotEq: left != right,
        }
        return int(results[type(node.ops[0])])
    raise ValueError("no arithmetic")


def _binary(operator: ast.operator, left: int, right: int) -> int:
    if isinstance(operator, ast.Add):
        return left + right
    if isinstance(operator, ast.Sub):
        return left - right
    if isinstance(operator, ast.Mult):
        return left * right
    quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
    if isinstance(operator, ast.Div):
        return quotient
    if isinstance(operator, ast.Mod):
        return left - quotient * right
    raise ValueError("no arithmetic")
