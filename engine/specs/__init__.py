"""Our own SpiffWorkflow spec classes; `parser` brings them in through OVERRIDE_PARSER_CLASSES."""
