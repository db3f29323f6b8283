"""Training pages to begin with: five short ones that hold for most organizations (pure)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Starter:
    """A training page as it is offered."""

    slug: str
    title: str
    body: str


STARTERS = (
    Starter(
        "guided-buying",
        "Guided buying, and where the preferred catalog is",
        """\
Search the **Catalog** for what you need. What your organization prefers comes first: prices are \
agreed, delivery is known, and most such orders pass at once.

# What the marks mean
- **Preferred**: take this one if it does the job.
- **Restricted**: say in a sentence or two why nothing preferred does. One more person may be asked.
- **Blocked**: it cannot be ordered. The page says why, and shows what you can take instead.

If something is missing from the catalog, tell your administrator rather than buying it elsewhere: \
what is bought outside counts on no budget, and nobody has agreed to it.""",
    ),
    Starter(
        "cost-centre-codes",
        "Which group or cost centre an order is for",
        """\
Every order counts against the budgets of one group and of all the groups above it. The cart shows \
which group that is, and what the order leaves of each budget.

1. Open the **Cart** and look at the group beside “For”.
2. Buy for several? Choose the one that will use what you order, not the one with most left.
3. Put a project or job number that finance asks for into the note of the order.

A cost centre's code stands on the page of its group. Not sure which is right? Ask the group's \
supervisor before you submit; changing it afterwards means a new order.""",
    ),
    Starter(
        "after-submit",
        "What happens after I press submit",
        """\
The cart tells you beforehand: who is asked, in which order, and what it leaves of each budget.

1. The amount is set aside on every budget that it counts against.
2. Whoever has to agree gets a mail and finds the order under **Approvals**. Small orders may pass \
at once, without anybody being asked.
3. When all have agreed, a purchase order goes to each supplier, and you are told.

You can follow the order under **Orders** and withdraw it there while it waits. Change what is in \
it and whoever has agreed already is asked again, since they agreed to something else.""",
    ),
    Starter(
        "rejected-orders",
        "What to do when an order is rejected",
        """\
A rejection comes with a reason. What the order had set aside is free again at once.

1. Open the order under **Orders** and read what the approver wrote.
2. Press **Edit and resubmit**: the order goes back to your cart, with everything in it.
3. Change what was asked for, or say more clearly why it is needed, and submit it once more.

If you do not agree, talk to the person who decided. Do not split an order to get below a limit: \
the audit trail shows it, and it will be asked about.""",
    ),
    Starter(
        "receiving",
        "When the goods arrive",
        """\
An invoice is paid when order, delivery and bill agree. That begins with you.

- Count what has arrived, and compare it with the purchase order, line by line.
- Look for damage before you sign the delivery note.
- Keep the delivery note with the number of the purchase order on it.
- Something is missing, wrong or broken? Tell the supplier the same day, and finance before the \
invoice is paid.

Whoever orders should not be the only one to confirm that it came: where you can, let a colleague \
count.""",
    ),
)
