-- Which unit took over from which, and from which day.
SELECT
    ma_cu AS old_code,
    ma_moi AS new_code,
    ngay_ap_dung AS effective_on,
    ty_le AS share
FROM sap_nhap
