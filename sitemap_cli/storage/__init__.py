"""The database: tables, connections, migrations and the bulk road."""
