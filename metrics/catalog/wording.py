"""Words that many declarations share: what is left out, and the rules that definitions follow."""

DECREE_30 = "Nghị định 30/2020/NĐ-CP, Điều 5 khoản 1"
DECREE_30_EN = "Decree 30/2020/NĐ-CP, article 5(1)"

SECRECY = "Văn bản mang bí mật nhà nước không vào hệ thống số liệu"
SECRECY_EN = "Documents marked as state secrets never enter the figures"

RECALLED_APART = f"{SECRECY}; văn bản thu hồi tính riêng"
RECALLED_APART_EN = f"{SECRECY_EN}; recalled documents are counted apart"

HOLIDAYS = "ngày làm việc là thứ Hai đến thứ Sáu trừ ngày nghỉ lễ, cộng ngày làm bù (data/reference/holidays.csv)"
HOLIDAYS_EN = "working days are Monday to Friday less public holidays, plus days worked in exchange (data/reference/holidays.csv)"
