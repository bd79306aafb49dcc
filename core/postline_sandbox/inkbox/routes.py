"""Every operation of the Inkbox half, family by family; each family lists its own routes and tables."""

from postline_sandbox.inkbox import account_routes, tables
from postline_sandbox.inkbox.call import Route
from postline_sandbox.inkbox.mail import routes as mail_routes
from postline_sandbox.inkbox.mail import tables as mail_tables
from postline_sandbox.inkbox.mail.rules import RULES as MAIL_RULES
from postline_sandbox.inkbox.people import routes as people_routes
from postline_sandbox.inkbox.people import tables as people_tables
from postline_sandbox.inkbox.phone import routes as phone_routes
from postline_sandbox.inkbox.phone import tables as phone_tables
from postline_sandbox.inkbox.table import Table
from postline_sandbox.inkbox.vault import routes as vault_routes
from postline_sandbox.inkbox.vault import tables as vault_tables
from postline_sandbox.web import Routes

ROUTES: Routes[Route] = Routes(
    [
        *account_routes.ROUTES,
        *mail_routes.ROUTES,
        *phone_routes.ROUTES,
        *people_routes.ROUTES,
        *vault_routes.ROUTES,
    ]
)
TABLES: tuple[Table, ...] = (
    *tables.TABLES,
    *mail_tables.TABLES,
    MAIL_RULES.table,
    *phone_tables.TABLES,
    *people_tables.TABLES,
    *vault_tables.TABLES,
)
