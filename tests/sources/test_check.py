import segkit


def test_hand_counted_lines_are_kept_or_set_aside(shop):
    counts = shop.quality.lines.set_index("rule")["lines"].to_dict()
    assert counts == {
        "kept": 3, "no customer id": 1, "return": 1, "zero price": 1, "on or after as_of": 1
    }  # fmt: skip


def test_a_line_without_its_order_s_id_is_set_aside_not_merged_with_others(lines, make_study):
    blank = lines.assign(order_id=lines["order_id"].replace("o1", " "))
    quality = segkit.load_tables(make_study({name: name for name in lines}), transactions=blank).quality
    assert quality.lines.set_index("rule")["lines"]["no order id"] == 1


def test_order_numbers_that_customers_share_are_different_orders(lines, make_study):
    same = lines.assign(order_id="1")
    kept = segkit.load_tables(
        make_study({name: name for name in lines}), transactions=same
    ).quality.kept
    assert (kept["customers"], kept["orders"]) == (2, 2)


def test_data_that_end_long_before_as_of_are_noticed(lines, make_study):
    study = make_study({name: name for name in lines}, as_of="2024-12-01")
    notices = segkit.load_tables(study, transactions=lines).quality.notices
    assert "the last order lies 183 days before as_of 2024-12-01" in notices


def test_money_is_accounted_for_to_the_cent(shop):
    amounts = shop.quality.lines.set_index("rule")["amount"].to_dict()
    assert amounts["kept"] == 5 + 21 + 12
    assert amounts["return"] == -4
    assert amounts["on or after as_of"] == 9


def test_set_aside_lines_are_there_as_they_came(shop, lines):
    aside = shop.set_aside["transactions"].execute()
    assert set(aside["set_aside_under"]) == {
        "no customer id", "return", "zero price", "on or after as_of"
    }  # fmt: skip
    assert set(lines.columns) <= set(aside.columns)
    assert aside.set_index("order_id").at["o5", "quantity"] == 1


def test_loading_leaves_the_frame_as_it_was(lines, make_study):
    before = lines.copy()
    segkit.load_tables(make_study({name: name for name in lines}), transactions=lines)
    assert lines.equals(before)
