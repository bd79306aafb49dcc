"""HTML mail as text: what a reader sees, and no way to break or stall it."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postline.documents import html_to_text

PARTS = [
    "<div>", "</div>", "<p>", "</p>", "<br>", "<b>", "</b>", "<table>", "<tr>", "<td>", "</td>", "</tr>", "</table>",
    "<ul>", "<ol>", "<li>", "</li>", "</ul>", "<blockquote>", "</blockquote>", "<pre>", "</pre>", "<a href='https://a.example.com'>",
    "</a>", "<div style='display:none'>", "<p hidden>", "<td style='font-size:0'>", "<span style=font-size:12px>", "<script>",
    "</script>", "<!--", "-->", "<!-->", "<![if !mso]>", "<", ">", "&", "&nbsp;", "&#x200b;", "&#999999999999;", '"', "'", "=",
    "word", "\n", " ", "<img alt='a picture'>", "<x y=\"", "</", "<?",
]  # fmt: skip
soup = st.lists(st.one_of(st.sampled_from(PARTS), st.text(max_size=5)), max_size=60).map("".join)


def test_blocks_are_lines_and_paragraphs() -> None:
    """A block starts a line, a paragraph is set off by an empty one, and inline markup joins its neighbours."""
    text = html_to_text(
        "<h1>Hello</h1><p>one <b>two</b>,\n three</p><div>four</div><div><br></div><div>five<br></div>six<br>seven"
    )

    assert text == "Hello\n\none two, three\n\nfour\n\nfive\nsix\nseven"


def test_rows_of_a_table_are_lines_with_separated_cells() -> None:
    """Cells are separated within a row, also where end tags are missing; empty cells leave nothing behind."""
    text = html_to_text(
        "<table><tr><th>Part<th>Price<tr><td>Pump</td><td></td><td>12</td></tr><td>Kit<td>7</table>after"
    )

    assert text == "Part | Price\nPump | 12\nKit | 7\n\nafter"


def test_layout_tables_read_as_blocks() -> None:
    """A row whose cells hold several lines is laid out cell below cell."""
    text = html_to_text("<table><tr><td><p>a</p><p>b</p></td><td>c</td></tr></table>")

    assert text == "a\n\nb\nc"


def test_a_nested_table_stays_inside_its_cell() -> None:
    """The end of an inner table does not end the outer row."""
    text = html_to_text("<table><tr><td>a<td><table><tr><td>b<td>c</table><td>d</table>")

    assert text == "a | b | c | d"


def test_lists_have_marks_and_nest() -> None:
    """Items get a dash or their number; a list in an item is indented."""
    text = html_to_text("<ol><li>one<li>two <ul><li>a</li><li>b</ul></ol>")

    assert text == "1. one\n2. two\n  - a\n  - b"


def test_quotes_are_marked_as_in_plain_mail() -> None:
    """A quoted block gets the mark of plain text mail on every line, once for each level."""
    text = html_to_text("new<blockquote type=cite>old<blockquote>older</blockquote></blockquote>end")

    assert text == "new\n\n> old\n>\n> > older\n\nend"


def test_preformatted_text_keeps_its_blanks() -> None:
    """White space in a preformatted element stays."""
    assert html_to_text("<p>x</p><pre>\na  b\r\n  c\n</pre>") == "x\n\na  b\n  c"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        (
            "<a href='https://shop.example.com/a?b=1&amp;c=2'>the shop</a>!",
            "the shop (https://shop.example.com/a?b=1&c=2)!",
        ),
        ("<a href=https://shop.example.com/>shop.example.com</a>", "shop.example.com"),
        ("<a href='mailto:a@b.example.com'>write</a>", "write"),
        ("<a href='https://shop.example.com/'><img src=x></a>", ""),
        (f"<a href='https://shop.example.com/{'x' * 300}'>track</a>", "track"),
        ("<a>one</a> two</a>", "one two"),
        ("<td><a href='https://shop.example.com'>x</td></a>", "x"),
        ("<a href='https://shop.example.com'><img alt='Our shop'></a>", "Our shop (https://shop.example.com)"),
    ],
)
def test_a_link_keeps_an_address_that_tells_something(html: str, text: str) -> None:
    """A web address follows the link's text unless the text shows it, there is no text, or it is a tracker's."""
    assert html_to_text(html) == text


@pytest.mark.parametrize(
    "html",
    [
        "a<div style='color:red; DISPLAY : none'>x<div>y</div>z</div>b",
        'a<span style="visibility:hidden">x</span>b',
        "a<div style='max-height:0px;overflow:hidden'>x</div>b",
        "a<div style='opacity:0'>x</div>b",
        "a<p style='font-size:0;color:#fff'>x</p>b",
        "a<p style='font-size:1px'>x<div>b</div>",
        "a<p hidden>x<p>b",
        "a<div class='c' hidden>x</div>b",
        "a<ul><li style='display:none'>x<ul><li>y</ul><li>b</ul>",
        "<table><tr><td>a<td style='display:none'>x<table><tr><td>y</table><td>b</table>",
        "<table><tr><td>a<tr style='display:none'><td>x<td>y<tr><td>b</table>",
        "a<script>if (1<2) write('</p>')</script>b",
        "<title>x</title><style>p > a {color:red}</style>a<!-- x --><!-->b<!--[if mso]>x<![endif]-->",
        "a<noframes>x</NOFRAMES >b",
        "<head><template>x</template></head>a b<script>x",
    ],
)
def test_what_the_reader_does_not_see_is_left_out(html: str) -> None:
    """Hidden elements end where a browser ends them; scripts, styles and comments go as well."""
    text = html_to_text(html)

    assert "x" not in text
    assert "y" not in text
    assert [letter for letter in text if letter.isalpha()] == ["a", "b"]


@pytest.mark.parametrize(
    "html",
    [
        "<td style='font-size:0px'> <div style='font-size:13px'>seen</div></td>",
        "<p style='overflow: hidden'>seen</p>",
        "<p style='line-height:0;opacity:0.9;max-height:0.5em'>seen</p>",
        "<p style='font-size:0.8em'>seen</p>",
        "<input type='hidden' style='display:none'>seen",
        "<a title='a > b'>seen</a>",
        "<![if !mso]>seen<![endif]>",
    ],
)
def test_what_the_reader_sees_stays(html: str) -> None:
    """Styles that only look like hiding hide nothing."""
    assert html_to_text(html) == "seen"


def test_invisible_characters_are_removed_and_entities_resolved() -> None:
    """Zero-width characters cannot split a code; joiners stay where a script or an emoji needs them."""
    assert html_to_text("48&#8203;27\u200b91&zwnj;&shy; &amp;lt; caf&eacute;") == "482791 &lt; café"
    assert (
        html_to_text("\u0645\u06cc\u200c\u062e \U0001f468\u200d\U0001f469 a\u200db")
        == "\u0645\u06cc\u200c\u062e \U0001f468\u200d\U0001f469 ab"
    )
    assert html_to_text(f"&#{'9' * 5000};x") == "\ufffdx"


def test_deep_nesting_keeps_the_text() -> None:
    """Elements nested beyond any sense lose their layout and none of their text."""
    text = html_to_text("<blockquote>" * 500 + "deep" + "<table><tr><td>" * 500 + "deeper")

    assert "deep" in text
    assert "deeper" in text
    assert len(text) < 200


@settings(max_examples=150)
@given(soup)
def test_nothing_raises_and_nothing_invisible_comes_out(html: str) -> None:
    """Any markup gives text without surrounding blanks, invisible characters or undecodable ones."""
    text = html_to_text(html)

    assert text == text.strip()
    assert not set("\u200b\u2060\ufeff\x00\r") & set(text)
    text.encode()


@pytest.mark.parametrize(
    "unit",
    [
        "<div>", "<b id=x>", "<table><td>x", "<ul><li>x", "<blockquote>x", "<a href=http://x>y", "</td>", "<", "<a ", '<a b="',
        "<!-", "<!--", "<script>", "<p style='display:none'>", "<p font-size:00000>", "&", "&#1", "<p a=' ", "<td><blockquote>",
        "<pre>\n", " ",
    ],
)  # fmt: skip
def test_time_grows_no_faster_than_the_text(unit: str) -> None:
    """Repeating any unit eight times as often takes about eight times as long."""

    def seconds(count: int) -> float:
        start = time.process_time()
        html_to_text(unit * count)
        return time.process_time() - start

    seconds(100)

    assert seconds(16_000) < 20 * seconds(2_000) + 0.25
