"""What real purchasing looks like: the figures that the demo's purchases are drawn from.

Computed from three years (2017-01 to 2019-12) of a large city's purchasing cards, 173,377 lines.
Source: City of Toronto, PCard Expenditures. Contains information licensed under the Open
Government Licence – Toronto. Figures only: no row of the set is here.
"""

from decimal import Decimal

# (share of lines, amount up to which they go): the spread of line amounts above zero. The largest
# is 61,842.37; what a company of 120 people would not buy by card is cut off.
LINE_AMOUNTS: tuple[tuple[float, Decimal], ...] = tuple(
    (share, Decimal(amount))
    for share, amount in (
        (0.0, "0.50"),
        (0.01, "3.62"),
        (0.05, "9.49"),
        (0.10, "15.65"),
        (0.20, "28.53"),
        (0.30, "45.15"),
        (0.40, "64.31"),
        (0.50, "93.22"),
        (0.60, "136.43"),
        (0.70, "206.32"),
        (0.80, "341.85"),
        (0.85, "470.00"),
        (0.90, "685.81"),
        (0.95, "1091.73"),
        (0.98, "2147.00"),
        (0.99, "2967.00"),
        (0.995, "4600.00"),
        (0.999, "10000.00"),
        (1.0, "14000.00"),
    )
)

# Lines below zero: money that came back.
REFUND_SHARE = 0.0177

# Share of lines by weekday of the purchase, Monday first: 6.1 % fall on a weekend.
WEEKDAYS = (0.1456, 0.1934, 0.2041, 0.2107, 0.1851, 0.0363, 0.0247)

# Lines of a calendar month against the mean month.
SEASONS = (0.874, 0.820, 0.957, 0.938, 1.124, 1.080, 1.288, 1.050, 0.892, 1.103, 1.070, 0.804)

# Lines of a year against the year before: 57,997 after 54,116, and 61,264 after that.
YEARLY_GROWTH = 1.064

# Share of orders with one line, two, three …; what lies beyond twenty (4 %) is left out.
LINES_PER_ORDER = (
    *(0.2294, 0.1568, 0.1162, 0.0914, 0.0704, 0.0569, 0.0478, 0.0371, 0.0312, 0.0267),
    *(0.0218, 0.0181, 0.0150, 0.0118, 0.0104, 0.0088, 0.0075, 0.0055, 0.0047, 0.0041),
)

# Days from purchase to posting.
POSTING_DAYS = ((0, 0.42), (1, 0.32), (2, 0.15), (3, 0.05), (4, 0.045), (5, 0.015))

# Suppliers by their share of lines: the first has 8.1 %, the first five 24.6 %, the first thirty
# 44.6 % (names folded: 10,289 suppliers).
SUPPLIER_SHARES = ((1, 0.0813), (2, 0.1340), (5, 0.2457), (10, 0.3219), (20, 0.4002), (30, 0.4461))

# Rows that repeat another row in every field: 3,953 of 173,377.
DUPLICATE_SHARE = 0.0228

# Same day, supplier and cost centre, each line within 1,000 and all together above: 743 of 173,377
# lines' groups, so about one in 230 lines starts one.
SPLIT_SHARE = 743 / 173_377

# Purposes left blank: 940 of 173,377.
BLANK_PURPOSE_SHARE = 940 / 173_377

# Share of lines by UNSPSC segment, from the merchants' category codes; segments that a company of
# field engineers does not buy from (civic affairs, recreation, clubs) are left out.
SEGMENTS = {
    "30": 0.1630,  # building materials
    "50": 0.1531,  # food and drink
    "31": 0.0593,  # manufacturing components
    "90": 0.0521,  # travel, meals and events
    "78": 0.0414,  # transport, storage and mail
    "27": 0.0357,  # tools
    "83": 0.0340,  # utilities and public services
    "82": 0.0237,  # design, editorial and media services
    "72": 0.0231,  # building and maintenance services
    "44": 0.0208,  # office supplies and equipment
    "80": 0.0183,  # business and administrative services
    "52": 0.0168,  # appliances and consumer electronics
    "43": 0.0140,  # IT and telecommunications
    "25": 0.0135,  # vehicles and parts
    "39": 0.0111,  # electrical and lighting
    "86": 0.0104,  # education and training
    "53": 0.0103,  # clothing, luggage and personal care
}
