//! The letters that pages have names for.

/// Names of two letters, each right before what it shows; in order.
/// <https://man7.org/linux/man-pages/man7/groff_char.7.html>
const NAMED: &str = "!=≠ %0‰ 'AÁ 'CĆ 'EÉ 'IÍ 'OÓ 'UÚ 'YÝ 'aá 'cć 'eé 'ií 'oó 'uú 'yý **∗ *AΑ *BΒ *CΞ *DΔ *EΕ *FΦ *GΓ *HΘ *IΙ *KΚ \
    *LΛ *MΜ *NΝ *OΟ *PΠ *QΨ *RΡ *SΣ *TΤ *UΥ *WΩ *XΧ *YΗ *ZΖ *aα *bβ *cξ *dδ *eε *fφ *gγ *hθ *iι *kκ *lλ *mμ *nν \
    *oο *pπ *qψ *rρ *sσ *tτ *uυ *wω *xχ *yη *zζ +-± +eϵ +fϕ +hϑ +pϖ ,CÇ ,cç -+∓ ->→ -DÐ -hℏ .iı .jȷ /LŁ /OØ /_∠ \
    /lł /oø 12½ 14¼ 18⅛ 34¾ 38⅜ 3d∴ 58⅝ 78⅞ :AÄ :EË :IÏ :OÖ :UÜ :YŸ :aä :eë :iï :oö :uü :yÿ <-← <=≤ <>↔ ==≡ =~≅ \
    >=≥ AEÆ AN∧ Ahℵ Bq„ CL♣ CR↵ Cs¤ DI♦ Do$ Eu€ Fc» Fnƒ Fo« HE♥ IJĲ Imℑ OEŒ OK✓ OR∨ Ofª Omº Po£ Reℜ S1¹ S2² S3³ \
    SP♠ Sdð TPÞ Tpþ Ye¥ ^AÂ ^EÊ ^IÎ ^OÔ ^UÛ ^YŶ ^aâ ^eê ^iî ^oô ^uû ^yŷ `AÀ `EÈ `IÌ `OÒ `UÙ `aà `eè `iì `oò `uù \
    a\"˝ a-¯ a.˙ a^^ aa´ ab˘ ac¸ ad¨ aeæ ahˇ an⎯ ao˚ ap∼ aq' at@ a~~ ba| bb¦ bq‚ br│ bu• bv| c*⊗ c+⊕ ca∩ ci○ co© \
    cq’ ct¢ cu∪ dA⇓ da↓ dd‡ de° dg† di÷ dq\" em— en– eq= es∅ eu€ f/⁄ fa∀ fc› fm′ fo‹ ga` gr∇ hA⇔ ha^ hbℏ ho˛ hy- \
    ib⊆ if∞ ijĳ ip⊇ is∫ lA⇐ lB[ lC{ la⟨ lh☜ lq“ lz◊ mcµ md⋅ mi− mo∈ mu× nm∉ no¬ oAÅ oaå oeœ oq‘ or| pc· pd∂ pl+ \
    pp⊥ ps¶ pt∝ r!¡ r?¿ rA⇒ rB] rC} ra⟩ rg® rh☞ rn‾ rq” rs\\ ru_ sb⊂ sc§ sd″ sh# sl/ sp⊃ sq□ sr√ ssß st∋ te∃ tf∴ \
    ti~ tm™ tsς uA⇑ ua↑ ul_ vA⇕ vSŠ vZŽ va↕ vsš vzž wp℘ |=≃ ~=≅ ~AÃ ~NÑ ~OÕ ~aã ~nñ ~oõ ~~≈";

/// Returns the letter called `name`, as groff names letters.
pub(super) fn named(name: &str) -> Option<char> {
    match name {
        // Letters that are one only in print.
        "hy" | "-" => return Some('-'),
        "radicalex" | "sqrtex" => return Some('‾'),
        "product" => return Some('∏'),
        "coproduct" => return Some('∐'),
        "sum" => return Some('∑'),
        "integral" => return Some('∫'),
        "bracketleft" => return Some('['),
        "bracketright" => return Some(']'),
        "braceleft" => return Some('{'),
        "braceright" => return Some('}'),
        _ => {}
    }
    let mut letters = name.chars();
    if let (Some(only), None) = (letters.next(), letters.next()) {
        return Some(only);
    }
    let shown = |entry: &str| entry.strip_prefix(name)?.chars().next();
    NAMED
        .split(' ')
        .filter(|_| name.chars().count() == 2)
        .find_map(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_letter_has_one_name_of_two_letters() {
        let mut names = Vec::new();
        for entry in NAMED.split(' ') {
            assert_eq!(entry.chars().count(), 3, "{entry}");
            let end = entry.char_indices().nth(2).unwrap().0;
            names.push(entry.split_at(end).0);
        }
        assert!(names.is_sorted_by(|one, other| one < other), "{names:?}");
        assert_eq!(named("em"), Some('—'));
        assert_eq!(named("-"), Some('-'));
        assert_eq!(named("é"), Some('é'));
        assert_eq!(named("nosuch"), None);
    }
}
