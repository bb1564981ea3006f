"""The language of short texts: sentences that nobody looked at while the words were chosen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentdesk.channels.language import LOOKED_AT_MAX, language_of

SPOKEN = ("en", "id", "vi", "fa")
TEXTS = {
    "en": [
        "Hi there, quick question",
        "my package says delivered but I never got it",
        "Is anyone there?",
        "The discount code doesn't work at checkout",
        "I was charged twice this month",
        "how long does shipping take",
        "wrong colour, want to swap it",
        "login page is broken again",
        "Good morning",
        "can I speak to a human",
        "Do you have this in blue?",
        "this is taking forever",
        "please remove my account",
        "what are your opening hours",
        "I'd like to upgrade my plan",
        "great service, cheers",
        "screen is cracked",
        "it keeps saying error 502",
        "sorry wrong chat",
        "where's my invoice",
    ],
    "id": [
        "Selamat pagi, mau tanya dong",
        "paketnya statusnya diterima tapi belum sampai ke saya",
        "ada orang gak di sini?",
        "kode diskonnya tidak bisa dipakai",
        "saya ditagih dua kali bulan ini",
        "pengiriman berapa lama ya",
        "warnanya salah, mau tukar",
        "halaman login error lagi",
        "bisa bicara dengan CS?",
        "ada yang warna biru?",
        "lama banget sih",
        "tolong hapus akun saya",
        "jam buka toko sampai jam berapa",
        "saya ingin upgrade paket",
        "mantap, terima kasih banyak",
        "layarnya retak",
        "muncul terus error 502",
        "maaf salah kirim",
        "invoice saya mana",
        "udah transfer tapi blm diproses kak",
    ],
    "vi": [
        "Chào shop, cho hỏi chút",
        "đơn báo đã giao mà mình chưa nhận được",
        "có ai ở đó không?",
        "mã giảm giá không dùng được",
        "tôi bị trừ tiền hai lần",
        "giao hàng mất bao lâu",
        "sai màu rồi, muốn đổi",
        "trang đăng nhập lại lỗi",
        "cho gặp nhân viên",
        "có màu xanh không?",
        "lâu quá vậy",
        "xóa tài khoản giúp tôi",
        "mấy giờ mở cửa",
        "mình muốn nâng cấp gói",
        "dịch vụ tốt lắm",
        "màn hình bị nứt",
        "cứ báo lỗi 502 hoài",
        "xin lỗi nhầm",
        "hóa đơn của tôi đâu",
        "shop oi sao chua giao hang cho minh",
    ],
    "fa": [
        "سلام، یه سوال داشتم",
        "زده تحویل شده ولی دستم نرسیده",
        "کسی هست؟",
        "کد تخفیف کار نمی\u200cکند",
        "این ماه دو بار از حسابم کم شده",
        "ارسال چقدر طول می\u200cکشد",
        "رنگش اشتباهه، میخوام عوض کنم",
        "صفحه ورود دوباره خراب است",
        "میخوام با پشتیبان حرف بزنم",
        "رنگ آبی دارید؟",
        "خیلی طول کشید",
        "لطفا حساب مرا حذف کنید",
        "ساعت کاری شما چیه",
        "می\u200cخواهم ارتقا بدهم",
        "عالی بود",
        "صفحه شکسته",
        "مدام خطای 502 میده",
        "ببخشید اشتباه شد",
        "فاکتور من کجاست",
        "salam, chera sefareshe man nayoomade",
    ],
}
RIGHT_MIN = {"en": 18, "id": 18, "vi": 19, "fa": 19}
"""Of 20 each; the rest may be unknown, never another language."""


@pytest.mark.parametrize("language", SPOKEN)
def test_short_texts_are_recognised_and_never_taken_for_another_language(language: str) -> None:
    found = [language_of(text, SPOKEN) for text in TEXTS[language]]
    assert set(found) <= {language, ""}
    assert found.count(language) >= RIGHT_MIN[language]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("don hang cua toi dau", "vi"),
        ("bao gio giao hang vay shop", "vi"),
        ("salam sefaresh man koja ast", "fa"),
        ("kak order aku kok belum dikirim, please check dong", "id"),
        ("سلام order من کجاست please", "fa"),
        ("12345 :)", ""),
        ("https://example.com/x", ""),
        ("Zxqv", ""),
        ("", ""),
    ],
)
def test_plain_letters_mixed_and_no_language(text: str, language: str) -> None:
    assert language_of(text, SPOKEN) == language


def test_only_languages_of_the_desk_are_answers_and_as_the_desk_writes_them() -> None:
    assert language_of("đơn hàng của tôi đâu", ("en", "id")) != "vi"
    assert language_of("where is my order", ("en-GB", "vi")) == "en-GB"
    assert language_of("أين طلبي", ("en", "fa")) == "fa"
    assert language_of("أين طلبي", ("ar", "fa")) == "ar"
    assert language_of("我的订单在哪里", ("en", "zh-TW")) == "zh-TW"
    assert language_of("Где мой заказ", ("en",)) == ""
    assert language_of("hello", ()) == ""


def test_only_the_beginning_is_looked_at() -> None:
    assert language_of("1" * LOOKED_AT_MAX + " where is my order", SPOKEN) == ""


@given(st.text(max_size=300))
def test_any_text_has_an_answer(text: str) -> None:
    assert language_of(text, SPOKEN) in (*SPOKEN, "")
