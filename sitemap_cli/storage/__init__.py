"""The database: tables, connections, transactions, migrations, locks and the job queue."""
