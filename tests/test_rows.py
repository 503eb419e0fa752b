"""Each fault that was once seen on data of others, and the test that shows the right value of its kind: none may lose its test."""

from __future__ import annotations

import ast
import functools
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
NARRATIVE, MEASURES = "compute/test_narrative.py", "compute/test_measures.py"
BLOCKS, CHARTS = "kinds/test_bulletin_blocks.py", "write/test_charts.py"
OTHERS, FORGED = "kinds/test_projects_of_others.py", "verify/test_forgeries.py"
LIMITS, AROUND = "run/test_declared_limits.py", "run/test_surroundings.py"
ROWS: dict[str, tuple[str, str]] = {
    # A. what may not be added
    "total of a stock over years": (MEASURES, "the_foot_of_a_table_of_years"),
    "a rate cumulated": (MEASURES, "only_a_flow_is_cumulated"),
    "composition of a rate": (MEASURES, "a_rate_has_no_parts"),
    "total of a per-cent column": (MEASURES, "a_rate_that_is_given_alone_has_no_figure_of_the_whole"),
    "total of a renamed column": (OTHERS, "what_is_printed_of_odd_figures"),
    # B. false sentences
    "three who share the first place": (NARRATIVE, "all_that_lead_share_the_first_place"),
    "equal parts": (NARRATIVE, "equal_parts_are_equal_and_so_are_their_changes"),
    "years with gaps": (NARRATIVE, "years_without_a_figure_are_named_in_a_record"),
    "a missing member in words": (NARRATIVE, "a_member_without_a_figure_is_named"),
    "a missing member in a chart": (CHARTS, "a_member_without_a_figure_has_its_row_in_a_ranked_chart"),
    "a total of nothing": (NARRATIVE, "a_total_of_zero_is_said_to_be_nothing"),
    "figures that print alike": (NARRATIVE, "figures_that_print_alike_get_the_decimals_that_tell_them_apart"),
    "less than the least unit": ("model/test_formats.py", "less_than_half_a_unit_is_said_in_words"),
    "a change of nearly nothing": (NARRATIVE, "a_trend_says_rise_fall_or_same"),
    "a record that another year is printed like": (
        NARRATIVE,
        "a_record_that_another_year_is_printed_like_gets_the_note_on_rounding",
    ),
    "a line that is reached only as it is printed": (
        NARRATIVE,
        "a_count_of_those_that_reached_a_line_says_that_one_is_only_printed_so",
    ),
    "all years equal": (NARRATIVE, "a_series_without_change_has_no_highest"),
    "two years of the highest value": (NARRATIVE, "all_years_of_the_highest_value_are_named"),
    "tied lowest, only falls, a negative part": (
        NARRATIVE,
        "ties_below_only_falls_and_no_share_of_a_negative_part",
    ),
    "per cent on a negative base": (MEASURES, "no_change_in_per_cent_on_a_negative_base"),
    "a bad rate ranked": (NARRATIVE, "a_bad_rate_is_lowest_and_highest_not_first_and_last"),
    "a sum over a missing year": (BLOCKS, "a_sum_over_a_missing_year_says_which_year_is_missing"),
    "units that a reader would use": (
        "model/test_formats.py",
        "an_amount_below_ten_thousand_is_written_without_decimals",
    ),
    "a per cent beyond all reason": (OTHERS, "check_says_the_cause_and_the_way_out"),
    "shares that do not add up": (NARRATIVE, "shares_that_do_not_add_up_get_the_note_on_rounding"),
    "differences of printed figures": (
        BLOCKS,
        "a_difference_that_is_not_that_of_the_printed_figures_gets_a_note",
    ),
    "several highest in an alternative text": (
        CHARTS,
        "the_alternative_text_of_shades_says_how_many_hold_the_highest",
    ),
    # C. proofs
    "another figure, sign, word or year": (FORGED, "another_figure_sign_or_word_is_found"),
    "an altered embedded table": (FORGED, "another_embedded_table_is_found"),
    "printed altered in the ledger": (FORGED, "a_figure_altered_in_the_ledger_is_not_its_exact_value"),
    "a ledger beside, altered or gone": (FORGED, "a_ledger_beside_that_was_touched_is_found"),
    "an alternative text": (FORGED, "another_alternative_text_is_found"),
    "a figure moved or redrawn": (FORGED, "a_figure_that_does_not_stand_where_its_record_says_is_found"),
    "a renewed manifest": (FORGED, "a_renewed_manifest_hides_nothing"),
    "an unknown serial revoked": (
        "verify/test_signing.py",
        "a_revoked_serial_that_no_certificate_has_is_a_fault",
    ),
    "a lone file": (FORGED, "a_lone_file_agrees_with_itself_and_is_not_signed"),
    # E. reading
    "per cent as the cells show it": (
        "read/test_tables.py",
        "cells_shown_as_per_cent_are_read_as_shown_and_listed",
    ),
    "placeholders of formulas": (
        "read/test_sheets.py",
        "a_workbook_that_asks_for_a_calculation_stores_placeholders",
    ),
    "ODS errors and formulas": ("read/test_sheets.py", "an_ods_cell_without_a_value_is_named"),
    "a name of two members": ("read/test_tables.py", "two_members_may_not_have_a_name_in_common"),
    "hidden, merged, sep=, lower head, notes": (OTHERS, "check_says_the_cause_and_the_way_out"),
    "bars of nothing": (OTHERS, "what_is_printed_of_long_names_and_of_nothing"),
    "seven series, a slope of one year": (OTHERS, "check_says_the_cause_and_the_way_out"),
    "a renamed slot or word": (
        "read/test_words.py",
        "words_of_a_project_are_held_against_those_of_the_program",
    ),
    "eleven items on level 5": ("kinds/test_awards.py", "the_ten_stems_count_no_eleventh_item"),
    "sources by table": (BLOCKS, "a_table_cites_each_publication_that_its_figures_come_from_and_no_other"),
    "a format asked for once": (AROUND, "a_format_that_was_asked_for_once_is_made_anew_with_the_document"),
    "numbers in declared words": (FORGED, "a_number_in_the_words_of_an_officer_is_no_fault"),
    "a name that is a branch": (OTHERS, "names_as_people_write_them_are_printed_and_masked"),
    "letters of the orthographies": ("read/test_one_face.py", "a_certificate_takes_one_face_for_it"),
    "long heads": (
        "write/test_wide_tables.py",
        "a_long_head_of_a_row_wraps_and_leaves_the_other_columns_their_room",
    ),
    "a row taller than a page": (
        OTHERS,
        "a_row_taller_than_a_page_begins_below_its_caption_and_each_page_has_the_head",
    ),
    "a negative bar on the last tick": (CHARTS, "all_words_can_be_read_whatever_the_figures"),
    # safety
    "a place that exists": (OTHERS, "what_only_the_layout_finds_is_told_of_a_file_that_is_there"),
    "a template that looks at a field": (
        "write/test_certificate_templates.py",
        "a_template_that_looks_at_a_line_makes_every_certificate_in_full",
    ),
    "a stop at the rename": ("run/test_fault_sweep.py", "a_fault_at_the_folder_leaves_the_old_or_the_new"),
    "Ctrl-C": ("run/test_interruption.py", "a_bulletin_ends_at_any_moment"),
    "years, columns, sections, keys, digits": (LIMITS, "what_is_beyond_a_limit_is_told_at_once"),
    "huge values": ("read/test_limits.py", "what_is_huge_in_any_file_is_told_at_once"),
    "a file of somebody else": (AROUND, "a_file_of_somebody_else_is_never_overwritten"),
    "a link": (AROUND, "a_publications_folder_that_is_a_link_is_refused_and_out_itself_may_be_one"),
    "umask": (AROUND, "all_that_is_delivered_follows_the_umask"),
    "ASCII and no home": (AROUND, "a_locale_of_ascii_and_no_home_are_enough"),
    "damaged files": (FORGED, "a_damaged_file_gives_a_message"),
    "a covered word": (
        "run/test_certificate_runs.py",
        "a_certificate_on_which_words_are_covered_hidden_or_added_is_altered",
    ),
    "a score out of range": (
        "run/test_certificate_runs.py",
        "bad_rows_are_told_and_all_others_are_delivered",
    ),
    "odd formulas": ("read/test_odd_inputs.py", "odd_formulas_are_faults"),
    "metrics in a circle": ("read/test_odd_inputs.py", "metrics_that_go_round_in_a_circle_are_a_fault"),
    "a scheduler in the clear": ("run/test_cluster.py", "a_way_that_others_could_read_is_refused"),
    "nothing left on a worker": (
        "run/test_cluster.py",
        "certificates_encrypt_the_way_and_nothing_stays_on_the_worker",
    ),
    "inputs that change during a build": (
        "test_pipeline.py",
        "an_input_that_changes_during_a_build_is_told_and_nothing_is_delivered",
    ),
    "an archived PDF that unfolds": (
        "verify/test_comparison.py",
        "a_pdf_that_unfolds_to_millions_of_letters_is_refused",
    ),
    "another key in the verification page": (
        "verify/test_verify_page.py",
        "verify_tells_the_key_of_a_page_and_finds_another_put_in",
    ),
    "Parquet that lies": ("read/test_cases.py", "statistics_of_a_parquet_file_that_lie_change_nothing"),
    "a read-only project": (AROUND, "a_project_that_may_only_be_read_is_built_elsewhere"),
    "formulas in a workbook": ("write/test_workbook.py", "words_are_never_formulas"),
    "formulas in a carried table": (
        "read/test_cases.py",
        "no_word_of_a_carried_table_is_computed_by_a_spreadsheet",
    ),
}


@functools.cache
def defined(file: str) -> set[str]:
    tree = ast.parse((TESTS / file).read_text("utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("row", ROWS)
def test_each_row_has_its_test(row: str) -> None:
    file, name = ROWS[row]
    assert f"test_{name}" in defined(file), f"{file}: test_{name}"
