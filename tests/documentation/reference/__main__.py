"""Write the generated pages of ``docs/reference``."""

from tests.documentation.reference.all_pages import write_reference

write_reference()
