"""Folding, on spellings as banks print them: the merchants are those of public card statements."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogs.naming import fold


@pytest.mark.parametrize(
    "spellings",
    [
        ["THE HOME DEPOT #7080", "THE HOME DEPOT #7001", "HOME DEPOT 7012 TORONTO ON"],
        ["WAL-MART #3159", "WAL-MART # 3111", "WALMART.CA", "WAL*MART CANADA INC"],
        ["WMT SUPRCTR #1117", "Walmart"],
        ["CDN TIRE STORE #00654", "CDN TIRE STORE #00070", "Canadian Tire"],
        ["AMZN MKTP CA*MW4UZ8M50", "AMAZON.CA 986SD3RG3", "AMAZON *MARKETPLCE CA", "Amazon.com"],
        ["FACEBK *WDTW9BA2E2", "FACEBK 4W777EWAQ2", "FACEBK CDCCVHETY2"],
        ["SQ *SQ *PIANOTUNER", "SQ SQ PIANOTUNER", "SQ *PIANOTUNER"],
        ["PAYPAL *MAILCHIMP", "PAYPAL MAILCHIMP", "MAILCHIMP"],
        ["INT*IN *DEALER SECURIT", "INT IN DEALER SECURIT"],
        ["UPS*1078918669", "UPS 000000502A9A289", "UPS"],
        ["AIR CAN* 0142110585848", "AIR CAN 00144201108703", "AIR CAN0142176362651"],
        ["LOWES #02494*", "LOWES.CA", "Lowe's"],
        ["COSTCO WHOLESALE W524", "COSTCO WHOLESALE W535"],
        ["ALPINE LAWN & GARDEN E", "ALPINE LAWN GARDEN E", "Alpine Lawn and Garden"],
        ["PAUL WOLF ELECTRIC & L", "PAUL WOLF ELECTRIC L"],
        ["MARCHANT'S SCHOOL SPOR", "MARCHANT S SCHOOL SPOR"],
        ["BRAFASCO / ETOBICOKE", "BRAFASCO / SCARBOROUGH"],
        ["IKEA NORTH YORK", "IKEA ETOBICOKE", "WWW.IKEA.CA"],
        ["PIZZA NOVA 075", "PIZZA NOVA 092"],
        ["SHOPPERSDRUGMART0847", "SHOPPERSDRUGMART1212"],
        ["GOLDEN SUPPLIES LTD.", "GOLDEN SUPPLIES LTD", "Golden Supplies Limited"],
        ["PCCA CORP", "PCCA CORPORATION"],
        ["D.O.T. FURNITURE LIMIT", "DOT FURNITURE LTD"],
        ["CTF SUPPLY (11)", "CTF SUPPLY"],
        ["Café Zürich GmbH", "CAFE ZURICH"],
        ["TIM HORTONS 0670 QTH", "TIM HORTONS #6478"],
        ["DESK.COM INC * 877.226", "DESK.COM INC 877.226"],
        ["STAPLES STORE #86", "STAPLES.CA"],
    ],
)  # fmt: skip
def test_spellings_of_one_firm_fold_to_one_key(spellings: list[str]) -> None:
    assert len({fold(spelling) for spelling in spellings}) == 1, [fold(one) for one in spellings]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1234567 ONTARIO INC", "7654321 ONTARIO INC"),
        ("MATT S NO FRILLS #3662", "DICKIE S NO FRILLS #36"),
        ("TORONTO PARKING AUTHOR", "PARKING AUTHORITY"),
        ("UNIVERSITY OF TORONTO", "UNIVERSITY OF OTTAWA"),
        ("CITY OF TORONTO", "CITY OF MARKHAM"),
        ("DELTA 0061159818840", "DELTA OTTAWA"),
        ("TAXI SVC BROOKLYN", "TAXI SVC NEW YORK"),
        ("THE UPS STORE #6086", "UPS*1078918669"),
        ("THE BEER STORE #2469", "THE UPS STORE #6086"),
        ("AMAZON RIVER TOURS", "AMAZON.CA"),
        ("PIZZA 73", "PIZZA NOVA 073"),
        ("AIR CANADA", "AIR TRANSAT"),
        ("BELL TV", "BELL CANADA"),
        ("SQ *SHIRAZ CREATIVE", "SQ *DI S DESIGNS"),
        ("3M", "3D"),
        ("A & B SUPPLY", "A & C SUPPLY"),
    ],
)
def test_different_firms_stay_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@pytest.mark.parametrize(
    ("spelling", "key"),
    [
        ("THE HOME DEPOT #7080", "HOME DEPOT"),
        ("Halden Tools", "HALDEN TOOLS"),
        ("7-ELEVEN #33419B M2830", "7ELEVEN"),
        ("PAYPAL *7765533 INC", "7765533 INC"),
        ("#1 CARPET CARE", "1 CARPET CARE"),
        ("THE BAY", "THE BAY"),
        ("株式会社テスト", "株式会社テスト"),
        ("1-800-GOT-JUNK", "1800GOTJUNK"),
        ("***", ""),
        ("", ""),
    ],
)
def test_a_key_keeps_what_names_the_firm(spelling: str, key: str) -> None:
    assert fold(spelling) == key


@given(st.text(max_size=60))
def test_folding_a_key_again_changes_nothing(name: str) -> None:
    assert fold(fold(name)) == fold(name)


@given(st.text(alphabet="ABCDEFGHIJ &'.-#*/0123456789", max_size=40))
def test_case_and_blanks_never_matter(name: str) -> None:
    assert fold(name) == fold(f"  {name.lower().replace(' ', '  ')} ")


@given(st.text(max_size=60).filter(lambda name: any(one.isalnum() for one in name)))
def test_a_name_with_a_letter_or_digit_never_folds_to_nothing(name: str) -> None:
    assert fold(name)
