"""Tables, sessions, plain reads and writes, migrations."""
