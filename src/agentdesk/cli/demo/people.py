"""Who writes to the demo: names, languages, tempers, typing speeds, and what they have to say. Data, no behaviour."""

from __future__ import annotations

from random import Random

import msgspec


class Temper(msgspec.Struct, frozen=True):
    """How somebody chats: characters typed a second, seconds of thought, of patience, and habits as chances.

    `bursts` sends two lines at once; `reloads` closes the page in the middle and opens it again; `leaves` closes it
    for good without a word; `returns` comes back later with another question.
    """

    name: str
    typing: float
    thinking_s: tuple[float, float]
    patience_s: float
    bursts: float = 0.0
    reloads: float = 0.0
    leaves: float = 0.0
    returns: float = 0.0


class Topic(msgspec.Struct, frozen=True):
    """One reason to write: the queue it goes to, and the lines in the order they are said."""

    queue: str
    lines: tuple[str, ...]


class Person(msgspec.Struct, frozen=True):
    """One customer. `known` ones have written before and have a history."""

    name: str
    language: str
    temper: str
    known: bool = False
    attributes: dict[str, str] = {}


TEMPERS = {
    temper.name: temper
    for temper in (
        Temper("calm", 9, (1.5, 4.0), 240, returns=0.3),
        Temper("hurried", 16, (0.5, 1.5), 60, bursts=0.4, reloads=0.1, leaves=0.1),
        Temper("angry", 14, (0.4, 1.2), 35, bursts=0.7, leaves=0.3),
        Temper("chatty", 11, (1.0, 3.0), 180, bursts=0.3, returns=0.5),
        Temper("careful", 5, (2.5, 6.0), 300, reloads=0.3),
    )
}

PEOPLE = (
    Person("Budi Santoso", "id", "calm", True, {"plan": "Plus", "city": "Bandung"}),
    Person("Siti Rahmawati", "id", "chatty", True, {"plan": "Free", "city": "Surabaya"}),
    Person("Agus Wijaya", "id", "angry"),
    Person("Nguyễn Thị Lan", "vi", "careful", True, {"plan": "Plus", "city": "Đà Nẵng"}),
    Person("Trần Văn Minh", "vi", "hurried"),
    Person("Phạm Thu Hà", "vi", "calm"),
    Person("نرگس احمدی", "fa", "calm", True, {"plan": "Plus", "city": "تهران"}),
    Person("رضا کریمی", "fa", "angry"),
    Person("سارا محمدی", "fa", "careful"),
    Person("Maya Fischer", "en", "hurried", True, {"plan": "Business", "city": "Hamburg"}),
    Person("Tom O'Brien", "en", "chatty", True, {"plan": "Free", "city": "Cork"}),
    Person("Grace Okafor", "en", "careful"),
    Person("Lee [bold]Min[/bold]", "en", "calm"),
    Person("Ana Sousa", "en", "angry"),
)

TOPICS = {
    "en": (
        Topic(
            "orders",
            (
                "Hi, my order 48213 was supposed to arrive yesterday. Where is it?",
                "The tracking page has said 'in transit' since Monday.",
                "Could you send it to my office instead?",
                "Great, thanks a lot for your help!",
            ),
        ),
        Topic(
            "billing",
            (
                "I was charged twice for the same subscription.",
                "Both payments are on my card, 12.90 each, on the 3rd.",
                "How long does the refund take?",
                "OK, thank you.",
            ),
        ),
        Topic(
            "support",
            (
                "I can't sign in any more, it says my code has expired.",
                "I asked for a new code three times already.",
                "It's tom@example.com. Is there anything else I can try?",
                "That works now. Thanks!",
            ),
        ),
    ),
    "id": (
        Topic(
            "orders",
            (
                "Halo kak, pesanan saya nomor 77120 kok belum sampai ya?",
                "Di aplikasi statusnya masih 'dikemas' dari hari Senin.",
                "Bisa dikirim hari ini tidak?",
                "Baik, terima kasih banyak kak!",
            ),
        ),
        Topic(
            "billing",
            (
                "Permisi, saldo saya terpotong dua kali.",
                "Yang pertama Rp 150.000, yang kedua juga sama.",
                "Kapan uangnya kembali?",
                "Oke, terima kasih ya.",
            ),
        ),
        Topic(
            "support",
            (
                "Aplikasinya selalu keluar sendiri waktu saya buka keranjang 😩",
                "HP saya Android 13, sudah saya pasang ulang.",
                "Masih sama kak. Ada cara lain?",
                "Sip, sudah bisa. Terima kasih!",
            ),
        ),
    ),
    "vi": (
        Topic(
            "orders",
            (
                "Chào shop, đơn hàng 55031 của mình đang ở đâu vậy?",
                "Mình đặt từ thứ Hai mà vẫn chưa thấy giao.",
                "Mình đổi địa chỉ nhận hàng được không?",
                "Cảm ơn bạn nhiều nhé!",
            ),
        ),
        Topic(
            "billing",
            (
                "Mình bị trừ tiền hai lần cho cùng một hoá đơn.",
                "Mỗi lần 299.000đ, mình có ảnh chụp màn hình.",
                "Bao lâu thì được hoàn tiền ạ?",
                "Vâng, cảm ơn bạn.",
            ),
        ),
        Topic(
            "support",
            (
                "Mình không đăng nhập được, mã xác nhận không tới.",
                "Số điện thoại của mình vẫn như cũ.",
                "Có cách nào khác không bạn?",
                "Được rồi, cảm ơn bạn!",
            ),
        ),
    ),
    "fa": (
        Topic(
            "orders",
            (
                "سلام، سفارش ۴۸۲۱۳ من هنوز نرسیده است.",
                "قرار بود دیروز برسد. کد رهگیری کار نمی‌کند.",
                "می‌شود آدرس را عوض کرد؟",
                "خیلی ممنون از راهنمایی شما!",
            ),
        ),
        Topic(
            "billing",
            (
                "سلام، دو بار از حسابم پول کم شده.",
                "هر بار ۱۲۰٬۰۰۰ تومان بود، همان روز.",
                "پول کی برمی‌گردد؟",
                "باشه، ممنون.",
            ),
        ),
        Topic(
            "support",
            (
                "برنامه روی گوشی من باز نمی‌شود.",
                "نسخهٔ ۲٫۴ را نصب کرده‌ام (Android 13).",
                "دوباره نصب کردم، فرقی نکرد. چه کار کنم؟",
                "درست شد، ممنون!",
            ),
        ),
    ),
}

IMPATIENT = {
    "en": "Hello?? Is anybody there?",
    "id": "Halo?? Ada orang tidak?",
    "vi": "Alo?? Có ai không ạ?",
    "fa": "الو؟؟ کسی هست؟",
}

GOODBYES = ("thank", "terima kasih", "cảm ơn", "ممنون")

ANSWERS = {
    "en": ("Let me look into that for you.", "One moment please.", "Yes, that is possible.", "You're welcome!"),
    "id": ("Saya cek dulu ya kak.", "Mohon tunggu sebentar.", "Bisa, kak.", "Sama-sama!"),
    "vi": ("Để mình kiểm tra giúp bạn nhé.", "Bạn chờ một chút ạ.", "Được bạn nhé.", "Không có gì ạ!"),
    "fa": ("الان بررسی می‌کنم.", "چند لحظه صبر کنید.", "بله، می‌شود.", "خواهش می‌کنم!"),
}


def topic_for(person: Person, random: Random) -> Topic:
    """What this person writes about this time."""
    return random.choice(TOPICS[person.language])
