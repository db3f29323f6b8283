"""Keys and names that spellings of one supplier share."""

from catalogs.spelling import key_of, name_for, own_key_of, stored


def test_branches_of_one_chain_have_one_key() -> None:
    assert key_of("THE HOME DEPOT #7080") == key_of("The Home Depot #7001")


def test_a_spelling_without_letters_or_digits_stands_for_itself() -> None:
    assert key_of("***") == own_key_of("***")
    assert key_of("***") != key_of("???")


def test_no_folded_name_can_be_the_key_of_a_split_off_supplier() -> None:
    assert key_of("=HOME DEPOT") != own_key_of("HOME DEPOT")


def test_the_name_to_show_leaves_the_branch_number_out() -> None:
    assert name_for(["THE HOME DEPOT #7080", "THE HOME DEPOT #7001"]) == "THE HOME DEPOT"
    assert name_for(["LCBO/RAO #0217"]) == "LCBO/RAO"


def test_a_number_that_may_be_part_of_the_name_stays() -> None:
    assert name_for(["Studio 54"]) == "Studio 54"
    assert name_for(["7080"]) == "7080"
    assert name_for(["1061", "3115"]) == "1061"


def test_a_spelling_is_kept_without_blanks_around_it_and_within_its_column() -> None:
    assert stored("  Kestrel IT ") == "Kestrel IT"
    assert len(stored("x" * 400)) == 300
