"""The shapes in which releases tell of meetings."""

from mirab.observe.press.document import Document
from mirab.observe.press.reader import Reader
from mirab.observe.press.records import Known, Meeting, Mode


def met(reader: Reader, text: str) -> list[Meeting]:
    return list(reader.read(Document(text)).meetings)


def ids(meeting: Meeting) -> set[str]:
    return {party.id for party in meeting.parties}


TOKAYEV, JAPAROV, SAIDOV = "kassym_jomart_tokayev", "sadyr_japarov", "bakhtiyor_saidov"


def test_a_readout_carries_the_day_of_the_meeting_not_of_its_dateline(reader: Reader) -> None:
    text = "ASTANA, 21 February 2024 – Foreign Minister Murat Nurtleu met with Kaha Imnadze on 20 February."
    (one,) = met(reader, text)
    assert (str(one.when.start), one.when.known) == ("2024-02-20", Known.STATED)
    assert (one.where.id, one.where.known) == ("astana", Known.INFERRED)


def test_where_no_day_is_said_that_of_publication_is_inferred(reader: Reader) -> None:
    (one,) = met(reader, "ASTANA, 21 February 2024 – President Tokayev received Kaha Imnadze.")
    assert (str(one.when.start), one.when.known) == ("2024-02-21", Known.INFERRED)


def test_at_an_opening_nobody_is_said_to_have_met(reader: Reader) -> None:
    text = (
        "ALMATY, 3 August 2025 – The UN Regional Centre has officially opened in Almaty. The ceremony, "
        "attended by António Guterres and President Kassym-Jomart Tokayev, was held in the city."
    )
    (one,) = met(reader, text)
    assert one.kind == "opening"
    assert ids(one) == {"antonio_guterres", TOKAYEV}


def test_a_telephone_call_is_no_meeting_in_person_and_has_no_place(reader: Reader) -> None:
    text = "БИШКЕК, 5 мая 2024 года – Состоялся телефонный разговор Садыра Жапарова и Шавката Мирзиёева."
    (one,) = met(reader, text)
    assert (one.kind, one.where.known) == ("call", Known.MISSING)


def test_those_listed_after_among_others_take_part(reader: Reader) -> None:
    text = (
        "TASHKENT, 5 May 2025 – Bakhtiyor Saidov met with Rashid Meredov on 4 May. The meeting was attended "
        "by, among others, Jeyhun Bayramov, Kairat Sarybay and the Ambassador of France, Pierre Martin."
    )
    (one,) = met(reader, text)
    known = {SAIDOV, "rashid_meredov", "jeyhun_bayramov", "kairat_sarybay"}
    assert known | {"?pierre_martin"} == ids(one)


def test_a_meeting_planned_for_next_month_lies_ahead(reader: Reader) -> None:
    text = "ASTANA, 5 May 2025 – President Tokayev will meet with Sadyr Japarov next month in Bishkek."
    (one,) = met(reader, text)
    assert (one.mode, one.where.id, str(one.when.start)) == (Mode.FUTURE, "bishkek", "2025-06-01")


def test_a_denial_is_no_meeting(reader: Reader) -> None:
    text = "BAKU, 5 May 2025 – The ministry denied that Jeyhun Bayramov met with Bakhtiyor Saidov."
    (one,) = met(reader, text)
    assert one.mode is Mode.NEGATED


def test_a_paragraph_that_looks_back_is_not_news(reader: Reader) -> None:
    text = (
        "DUSHANBE, 5 May 2025 – Emomali Rahmon met with Sadyr Japarov in Khujand.\n\n"
        "The previous meeting of Emomali Rahmon with Shavkat Mirziyoyev was held in Samarkand in 2022."
    )
    assert [ids(one) for one in met(reader, text)] == [{"emomali_rahmon", JAPAROV}]


def test_a_meeting_of_years_ago_is_historical(reader: Reader) -> None:
    text = "DUSHANBE, 5 May 2025 – Emomali Rahmon met with Shavkat Mirziyoyev on 9 March 2018."
    (one,) = met(reader, text)
    assert one.mode is Mode.HISTORICAL


def test_two_meetings_in_one_release_stay_two(reader: Reader) -> None:
    text = (
        "ASTANA, 5 May 2025 – President Tokayev received Bakhtiyor Saidov. "
        "On the same day, the President met with Kairat Sarybay."
    )
    assert [ids(one) for one in met(reader, text)] == [{TOKAYEV, SAIDOV}, {TOKAYEV, "kairat_sarybay"}]


def test_the_title_and_the_body_tell_of_one_meeting(reader: Reader) -> None:
    text = "Tokayev receives Bakhtiyor Saidov\n\nASTANA, 5 May 2025 – Tokayev received Bakhtiyor Saidov."
    assert len(met(reader, text)) == 1


def test_who_is_only_praised_or_quoted_did_not_take_part(reader: Reader) -> None:
    text = (
        "ASTANA, 5 May 2025 – Kaha Imnadze met with Murat Nurtleu and praised the reforms initiated by "
        "President Tokayev."
    )
    (one,) = met(reader, text)
    assert ids(one) == {"kaha_imnadze", "murat_nurtleu"}


def test_who_held_a_post_on_that_day_is_found_without_a_name(reader: Reader) -> None:
    text = "TASHKENT, 5 May 2018 – The President of Uzbekistan received the President of Kyrgyzstan."
    (one,) = met(reader, text)
    assert ids(one) == {"shavkat_mirziyoyev", "sooronbay_jeenbekov"}
    assert {party.known for party in one.parties} == {Known.INFERRED}


def test_a_delegation_takes_part_as_its_organisation(reader: Reader) -> None:
    text = "TASHKENT, 5 May 2025 – Bakhtiyor Saidov met with a delegation of the World Bank."
    (one,) = met(reader, text)
    assert ids(one) == {SAIDOV, "wb"}
