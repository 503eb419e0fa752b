"""reportgen: documents of record from audited tables, declared rules and bilingual words."""

__version__ = "0.1.0"
