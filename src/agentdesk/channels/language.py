"""What language a short text is in, of those that a desk speaks: by its script, its accents and its commonest words.

Made for messages of a few words, which models of many languages take for one of the neighbours (Malay, Tagalog), and
for Vietnamese and Persian typed in plain Latin letters. Of languages in Latin letters it knows English, Indonesian,
Vietnamese and Persian; others only by a script of their own. Where nothing speaks for a language the answer is empty.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

LOOKED_AT_MAX = 1_000
"""How many characters of a text are looked at."""
ENOUGH = 0.5
"""The least that has to speak for a language: half a word that it shares with another one."""

_WORDS = {
    "en": """
        a able about after again all am an and any anyone are arrive arrived as at back be because been before but
        by call can cancel cannot change charged could day days delivery did do does doing done for from get give go
        got had has have having he hello help her here hey hi his how i if in is isn it its just know late let like
        long look made make many me missing money more much must my need never new no nobody not now of off okay on
        one only open or order other our out over paid parcel pay payment phone please price put received refund
        return right said same say see send sent she should since so some someone something still stock stop take
        than thank thanks that the their them then there these they thing this those time to today tomorrow too
        track try trying two up us use very wait waiting want was way we well were what when where which while who
        why will with without work working would wrong yes yesterday yet you your dont cant wont didnt doesnt im ive
        hasnt havent isnt wasnt its lets thats whats wheres
    """,
    "id": """
        ada adalah agar akan aku anda apa apakah atas atau bagaimana bagi bahwa baik baru batal batalkan bayar belum
        benar beli berapa besok biar bila bisa boleh buat bukan cara cek coba dan dapat dari dengan dia di dong duit
        gak ga gimana hai halo hanya hari harga harus hilang ini itu iya jadi jam jangan jika juga kalau kalo kami
        kamu kapan karena kasih katanya ke kembali kemarin kenapa ketika kirim dikirim pengiriman kita kok kurang
        lagi lama lebih lewat lupa mana masih mau mengapa mereka mohon nanti nggak ngga nih nomor nunggu oleh orang
        pada pagi paket pakai pembayaran pernah pesan pesanan pesananku punya rusak saja saat salah sama sampai
        sangat saya sebelum sedang sekali sekarang selamat semua seperti sering siang sih sore sudah suka tadi
        tagihan tapi tanya telah telepon terima terus tetapi tiba tidak tolong transfer tunggu uang udah untuk yang
        ya yg dgn utk blm sdh makasih kak min gan mbak mas bang aja kan pun
    """,
    "vi": """
        anh ai ban bao bi biet bot cac cai cam can cang cha chao chi cho chua chung co con cua cung cuoc da dang dau
        day de den di dien do doi don dong duoc em gap gi gia giao giup giu goi ha hai hang hay het hien hinh ho hoa
        hoac hoan hom hon huy khach khi khong kiem kieu la lai lam lau len lien lo loi luc ma mai mat may minh mot
        moi mua muon nam nay nen neu ngay nghi nguoi nha nhan nhanh nhe nhieu nho nhu nhung noi nua o oi phai qua
        quen ra rat roi sai sao sau se shop so sua ta tai tao tat the them thi thoai thoi thu tien tim toi tot tra
        tren trong truoc tu tuan va van vay ve vi viec voi vua xem xin yeu a lo ad ko k dc vs ntn bh
    """,
    "fa": """
        salam mersi mamnoon mamnun kheili kheyli man shoma chera koja kojast sefaresh lotfan nashode nashod shode
        hast nist mikham mikhastam mikhaham nemishe mishe hanooz hanuz pool poolam ersal nakardid kardid daram
        nadaram ast baraye baram chand cheghadr che ke va ya emrooz farda dirooz chetor komak mitoonam mitavanam
        javab nemidid nemidahid baz bargasht bedid konid kon merci khaste rooz tamas begirid
    """,
}
_VIETNAMESE = re.compile("[ăđơưạảẩẫậắằẳẵặẹẻẽếềểễệịỉĩọỏốồổỗộớờởỡợụủũứừửữựỳỵỷỹ]|[àáâãêôìíèéòóõùúý].*[àáâãêôìíèéòóõùúý]")
_PERSIAN = re.compile("[پچژگکی\u200c۰-۹]")
_ARABIC = re.compile("[ةىكيأإؤئ٠-٩]")
_SCRIPTS = (
    ("[\u0600-\u06ff\ufb50-\ufdff\ufe70-\ufeff]", ("fa", "ar", "ur")),
    ("[\u3041-\u30ff]", ("ja",)),
    ("[\uac00-\ud7a3]", ("ko",)),
    ("[\u3400-\u9fff]", ("zh", "ja")),
    ("[\u0e00-\u0e7f]", ("th",)),
    ("[\u0400-\u04ff]", ("ru", "uk", "bg")),
    ("[\u0370-\u03ff]", ("el",)),
    ("[\u0590-\u05ff]", ("he",)),
    ("[\u0900-\u097f]", ("hi",)),
)
_BY_SCRIPT = tuple((re.compile(letters), languages) for letters, languages in _SCRIPTS)
_LATIN = re.compile("[a-z]+")


def _by_word() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for language, text in _WORDS.items():
        for word in sorted(set(text.split())):
            found[word] = (*found.get(word, ()), language)
    return found


_LANGUAGES_OF = _by_word()


def language_of(text: str, spoken: Sequence[str]) -> str:
    """The language of a text out of those spoken (`en`, `id`, `zh-TW` …); empty if nothing speaks for one."""
    known = {one.split("-")[0].lower(): one for one in reversed(spoken)}
    text = unicodedata.normalize("NFC", text[:LOOKED_AT_MAX]).lower()
    letters = sum(map(str.isalpha, text))
    if not letters:
        return ""
    found = _by_letters(text, letters, known) or _by_words(text, known)
    return known.get(found, "")


def _by_letters(text: str, letters: int, known: dict[str, str]) -> str:
    """The language that only this script or these accents can be."""
    for script, languages in _BY_SCRIPT:
        if len(script.findall(text)) * 4 > letters:
            spoken = [one for one in languages if one in known]
            return _of_arabic_script(text, spoken) if languages[0] == "fa" else next(iter(spoken), "")
    return "vi" if "vi" in known and _VIETNAMESE.search(text) else ""


def _of_arabic_script(text: str, spoken: list[str]) -> str:
    arabic = len(_ARABIC.findall(text)) > len(_PERSIAN.findall(text))
    wanted = "ar" if arabic else "fa"
    return wanted if wanted in spoken else next(iter(spoken), "")


def _by_words(text: str, known: dict[str, str]) -> str:
    """The language most of whose common words are in it; a word of several counts in parts, a later one less."""
    scores = dict.fromkeys(known, 0.0)
    plain = "".join(one for one in unicodedata.normalize("NFD", text) if not unicodedata.combining(one))
    for word in _LATIN.findall(plain.replace("đ", "d").replace("'", "").replace("\u2019", "")):
        languages = [one for one in _LANGUAGES_OF.get(word, ()) if one in scores]
        for language in languages:
            scores[language] += 1 / len(languages)
    best = max(scores, key=scores.__getitem__, default="")
    return best if best and scores[best] >= ENOUGH and list(scores.values()).count(scores[best]) == 1 else ""
