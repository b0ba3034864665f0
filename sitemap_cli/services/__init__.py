"""Operations on the database; a service receives an active session and never ends its transaction."""
