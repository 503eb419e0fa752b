"""reportgen: documents of record from audited tables, declared rules and bilingual words."""
