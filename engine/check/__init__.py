"""What is wrong with a set of diagrams, tables and forms, before anybody runs it.

Every rule has an id, a severity and a line in processes/README.md. The rules read the files
as they were drawn; expressions go through the parser that the running engine uses, so both give
the same verdict.
"""

from engine.check.command import command
from engine.check.rules import RULES, Rule
from engine.check.run import check
from engine.model import Finding

__all__ = ["RULES", "Finding", "Rule", "check", "command"]
