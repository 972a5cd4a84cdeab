"""What generated answers are written with where the document's examples are too few: Turkish names and sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

PEOPLE: Final = (
    "Ayşe Yıldız",
    "Mehmet Öztürk",
    "Zeynep Çelik",
    "Ömer Şahin",
    "Gülşen Aydın",
    "İbrahim Kılıç",
    "Şule Doğan",
    "Çağrı Güneş",
    "Işıl Erdoğmuş",
    "Uğur Yalçın",
)
SURNAMES: Final = ("Yıldız", "Öztürk", "Çelik", "Şahin", "Aydın", "Kılıç", "Doğan", "Güneş", "Yalçın")
COMPANIES: Final = (
    "Güneş Kırtasiye",
    "Çınar Lojistik A.Ş.",
    "Işık Optik",
    "Şahin Otomotiv Ltd. Şti.",
    "Ömür Gıda",
    "Yağmur Çiçekçilik",
)
SENTENCES: Final = (
    "Merhaba, siparişim hâlâ ulaşmadı.",
    "Faturamı göremiyorum, yardımcı olur musunuz?",
    "Şifremi unuttum, bağlantı gelmiyor.",
    "Teşekkürler, sorun çözüldü.",
    "İade işlemi kaç gün sürüyor?",
    "Ödeme sayfası açılmıyor; ekran görüntüsünü ekledim.",
    "Paketimi yükseltmek istiyorum.",
)
SUBJECTS: Final = (
    "Fatura görünmüyor",
    "Sipariş gecikti",
    "Şifre sıfırlama",
    "Ödeme alınamadı",
    "İade isteği",
    "Üyelik yükseltme",
)
EMAILS: Final = ("ayse.yildiz@example.com", "omer.sahin@example.com", "zeynep@example.com.tr", "destek@example.com")
CITIES: Final = ("İstanbul", "İzmir", "Eskişehir", "Muğla", "Şanlıurfa", "Çanakkale")

BY_NAME: Final[Mapping[str, tuple[str, ...]]] = {
    "soyad": SURNAMES,
    "ziyaretci_adi": PEOPLE,
    "operator_adi": PEOPLE,
    "gonderen_adi": PEOPLE,
    "firma_adi": COMPANIES,
    "mesaj": SENTENCES,
    "metin": SENTENCES,
    "yorum": SENTENCES,
    "konu": SUBJECTS,
    "baslik": SUBJECTS,
    "sehir": CITIES,
    "ziyaretci_email": EMAILS,
    "email": EMAILS,
    "sonraki_imlec": ("019d8a1f3c000000000000001a",),
}
"""Values by the property's name."""
