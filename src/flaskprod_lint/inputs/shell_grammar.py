"""The kinds of nodes in the syntax trees of tree-sitter-bash, by what they are to the shell."""

from __future__ import annotations

#: What can stand where a command can.
STATEMENTS = frozenset(
    {
        "command",
        "declaration_command",
        "unset_command",
        "redirected_statement",
        "list",
        "pipeline",
        "negated_command",
        "test_command",
        "if_statement",
        "case_statement",
        "for_statement",
        "c_style_for_statement",
        "while_statement",
        "function_definition",
        "subshell",
        "compound_statement",
        "variable_assignment",
        "variable_assignments",
    }
)
#: What is a word of a command, or a part of one.
WORDS = frozenset(
    {
        "word",
        "string",
        "raw_string",
        "ansi_c_string",
        "translated_string",
        "concatenation",
        "simple_expansion",
        "expansion",
        "number",
        "command_substitution",
        "arithmetic_expansion",
        "process_substitution",
        "brace_expression",
        "variable_name",
        "special_variable_name",
        "extglob_pattern",
        "regex",
        "test_operator",
    }
)
#: What stands among the words of a command and is none.
HANDLED = frozenset({"variable_assignment", "file_redirect", "herestring_redirect", "heredoc_redirect"})
#: The commands that the grammar takes apart by itself.
DECLARATIONS = frozenset({"export", "declare", "typeset", "local", "readonly", "unset", "unsetenv"})
