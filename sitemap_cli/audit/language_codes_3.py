"""The three-letter codes of languages: all of ISO 639-3, with those that only ISO 639-2 has.

A word stands for the codes with the same first two letters: ``aa:abc`` for ``aaa``, ``aab`` and ``aac``. The
codes for no language (``mis``, ``mul``, ``und``, ``zxx``) are left out.
"""

_TABLE = """
    aa:abcdefghiklnopqrstuwxz ab:abcdefghijklmnopqrstuvwxyz ac:abdefhiklmnpqrstuvwxyz
    ad:abdefghijlnoqrstuwxyz ae:abcdeklmnqrsuwyz af:abdeghiknoprstuz ag:abcdefghijklmnoqrstuvwxyz
    ah:abghiklmnoprst ai:abcdefghijklmnopqrtwxy aj:aginsuwz ak:abcdefghijklmopqrstuvwxyz
    al:abcdefghijklmnopqrstuwxyz am:abcefghijklmnopqrstuvwxyz an:abcdefghijklmnopqrstuvwxyz
    ao:abcdefgijklmnrstuxz ap:abcdefghijklmnopqrstuvwxyz aq:cdgkmnprtz ar:abcdeghijklmnopqrstuvwxyz
    as:abcefghijklmnopqrstuvwxyz at:abcdeghijklmnopqrstuvwxyz au:abcdghijklmnopqrstuwxyz av:abdeiklmnostuv
    aw:abceghikmnorstuvwxy ax:begklmx ay:abcdeghiklmnopqrstuz az:abdegjmnotz ba:abcdefghijklmnopqrstuvwxy
    bb:abcdefghijklmnopqrstuvwxy bc:abcdefghijklmnopqrstuvwyz bd:abcdefghijklmnopqrstuvwxyz
    be:abcdefghijklmnopqrstuvwxyz bf:abcdefghijklmnopqrstuwxyz bg:abcdefgijklnopqrstuvwxyz
    bh:abcdefghijlmnopqrstuvwxyz bi:abdefghklmnopqrstuvwxyz bj:abcefghijklmnoprstuvwxyz
    bk:acdfghijklmnopqrstuvwxyz bl:abcdefhijklmnopqrstvwxyz bm:abcdefghijklmnopqrstuvwxz
    bn:abcdefgijklmnopqrstuvwxyz bo:abdefghijklmnopqrstuvwxyz bp:acdeghijklmnopqrstuvwxyz
    bq:abcdfghijklmnopqrstuvwxyz br:abcdefghijklmnopqrstuvwxyz bs:abcefghijklmnopqrstuvwxy
    bt:acdefghijkmnopqrstuvwxyz bu:abcdefghijklmnopqrstuvwxyz bv:abcdefghijklmnopqrtuvwxyz
    bw:abcdefghijklmnopqrstuwxyz bx:abcdefghijklmnopqrsuvwz by:abcdefghijklmnopqrstvwxz
    bz:abcdefghijklmnopqrstuvwxyz ca:abcdefghijklmnopqrstuvwxyz cb:bcdgijklnoqrstuvwy cc:cdeghjlmopr
    cd:aefhijmnorsyz ce:abgklnsty cf:adgm cg:acgk ch:abcdefghijklmnopqrtuvwxyz ci:abcdehkmnprwy
    cj:aehikmnopsvy ck:bhlmnoqrstuvxyz cl:acdehijklmostuwy cm:acegilmnorst cn:abcghiklopqrstuwx
    co:abcdefghjklmnopqrstuvwxz cp:abcefginopsuxy cq:d cr:abcdefghijklmnopqrstvwxyz
    cs:abcdefghijklmnopqrstvwxyz ct:acdeghlmnopstuyz cu:abchijklopqrstuvwxy cv:gn cw:abdegt cx:h cy:abmo
    cz:ehknot da:acdeghijklmnoqrsuvwxyz db:abdefgijlmnopqrtuvwy dc:cr dd:adegijnorsw de:cdefghilmnpqrsuvz
    dg:abcdeghiklnorstwxz dh:dgilmnorsuvwx di:abcdfghijklmnopqrsuvwxyz dj:abcdefijkmnoruw dk:agkrsx dl:gkmn
    dm:abcdefgklmorsuvwxy dn:adegijknortuvwy do:abcefhiklnopqrstvwxyz dp:p dr:abcdegilnoqstuy ds:behiklnoqz
    dt:abdhikmnoprstuy du:abcefghiklmnopqrstuvwxyz dv:a dw:akrsuwyz dy:abdgimnoruy dz:adeglno ea:a eb:cgkoru
    ec:rsy ee:e ef:aei eg:almoy eh:su ei:ptv ej:a ek:aegiklmopry el:ehiklmoux em:abegikmnpqsuwxyz
    en:abcdfghlmnoqruvwx eo:t ep:io er:aghikorstw es:eghiklmnoqstuy et:bchnorstuxz eu:ds ev:ehn ew:eo ex:t
    ey:ao ez:ae fa:abdfghijklmnoprstuxyz fb:l fc:s fe:r ff:im fg:r fi:aefjlnprtuw fk:kv fl:ahilnry fm:pu
    fn:bgi fo:dimnrs fp:e fq:s fr:acdekmopqrsty fs:els fu:bcdefhijlmnqrtuvy fv:r fw:ae
    ga:abcdefghijklmnopqrstuwxyz gb:abdefghijklmnopqrsuvwxyz gc:cdeflnrt gd:abcdefghijklmnoqrstux
    ge:abcdfghijklmoqrsvwxyz gf:kt gg:abdegkltuw gh:acehklnorst gi:abcdeghilmnpqrstuwxyz gj:kmnru gk:adenopu
    gl:abcdeghjkloruvwy gm:abdghlmnruvxyz gn:abcdeghijklmnoqrtuwz go:abcdefghijklmnopqrstuvwxyz gp:aen
    gq:ainru gr:abcdeghijmnoqrstuvwxyz gs:eglmnopsw gt:au gu:abcdefghijklmnopqrstuwxz gv:acefjlmnoprsy
    gw:abcdefgijmnrtuwx gx:x gy:abdefgilmnoryz gz:ain ha:abcdefghijklmnopqrstuvwxyz hb:abnosu hc:ah hd:nsy
    he:abdghimr hg:mw hh:iry hi:abdfghijklmnortwx hj:i hk:aehkns hl:abdetu hm:abcdefghijklmnopqrstuvwyz
    hn:adeghijmnosu ho:abcdehijlmoprstvwyz hp:os hr:acekmoptuvwxz hs:bhlns ht:iosux
    hu:bcdefghijklmnopqrstuvwxyz hv:ceknv hw:aco hy:aew ia:inr ib:abdeghlmnoruy ic:aehlr id:abcdeiorstu
    if:abefkmuy ig:beglmnosw ih:bipw ii:in ij:cejnos ik:ehikloprstuvwxz il:abegikmopsuv im:ailnorsty
    in:abcdeghjlmnopstz io:ruw ip:iko iq:uw ir:aehiknoruxy is:acdeghiklmnortuv it:abdeiklmorstvwxyz iu:m
    iv:bv iw:kmos ix:cl iy:aox iz:hmrz ja:abcdefhjklmnoqstuvxyz jb:eijkmnortuw jc:st jd:agt je:behiklnrtu
    jg:beko jh:is ji:abcdeghilmoqtuvy jj:er jk:amoprsu jl:es jm:abcdilnrswx jn:adgijls jo:bdgrsw jp:anr jq:r
    jr:abrtu js:l ju:abcdhiklmnoprstuwy jv:dn jw:i jy:aey ka:abcdefghijklmnopqrstuvwxyz
    kb:abcdeghijklmnopqrstuvwxyz kc:abcdefghijklmnopqrstuvwxyz kd:acdefghijklmnpqrtuwxyz
    ke:abcdefghijklmnopqrstuvwxyz kf:abcdefghijklmnopqrstuvwxyz kg:abefgijklnopqrstuvwxy
    kh:abcdefghijklmnopqrstuvwxyz ki:abcdefghijklmnopqrstuvwxyz kj:abcdeghijklmnopqrstuvxyz
    kk:abcdefghijklmnopqrstuvwxyz kl:abcdefghijklmnopqrstuvwxyz km:abcdefghijklmnopqrstuvwxyz
    kn:abcdefgijklmnopqrstuvwxyz ko:acdefghiklmnopqrstuvwyz kp:abcdefghijklmnoqrstuvwxyz
    kq:abcdefghijklmnopqrstuvwxyz kr:abcdefhijklnoprstuvwxyz ks:bcdefghijklmnopqrstuvwxyz
    kt:abcdefghijklmnopqstuvwxyz ku:abcdefghijklmnopqrstuvwxyz kv:abcdefghijklmnopqrtuvwxyz
    kw:abcdefghijklmnoprstuvwxyz kx:abcdfhijkmnopqrstvwxyz ky:abcdefghijklmnopqrstuvwxyz
    kz:abcdefgiklmnopqrsuvwxyz la:abcdefghijlmnopqrstuvwxyz lb:bcefgijklmnoqrstuvwxyz lc:cdefhlmpqs
    ld:abdghijklmnopq le:abcdefhijklmnopqrstuvwxyz lf:an lg:abghiklmnoqrstuz lh:ahilmnpstu
    li:abcdefghjklmnopqrstuvwxyz lj:aeilpwx lk:abcdehijlmnorstuy ll:abcdefghijklmnpqsux
    lm:abcdefghijklnopqruvwxy ln:abdghijlmnsuwz lo:abcefghijklmnopqrstuvwxyz lp:aenox lq:r lr:acegiklmnortvz
    ls:abcdehilmnoprstvwy lt:cghinosuz lu:abcdefghijklmnopqrstuvwyz lv:aiklsu lw:aeghlmostuw lx:m ly:agn
    lz:hlnz ma:abcdefghijklmnopqrstuvwxyz mb:abcdefhijklmnopqrstuvwxyz mc:abcdefghijklmnopqrstuvwxyz
    md:abcdefghijklmnpqrstuvwxyz me:abcdefhijklmnopqrstuvwyz mf:abcdefghijklmnopqrstuvwxyz
    mg:abcdefghijklmnopqrstuvwyz mh:abcdefgijklmnopqrstuwxyz mi:abcdefghijklmnopqrtuwxyz
    mj:bcdeghijklmnopqrstuvwxyz mk:abcdefghijklmnopqrstuvwxyz ml:abcefghijklmnopqrstuvwxz
    mm:abcdefghijklmnopqrtuvwxyz mn:abcdefghijklmnopqrsuvwxyz mo:acdeghijkmnopqrstuvwxyz
    mp:abcdeghijklmnopqrstuvwxyz mq:abcefghijklmnopqrstuvwxyz mr:abcdefghijklmnopqrstuvwxyz
    ms:abcdefghijklmnopqrsuvwxyz mt:abcdefghijklmnopqrstuvwxy mu:abcdeghijkmnopqrstuvxyz
    mv:abdefghiklnopqrstuvwxyz mw:abcefghiklmnopqrstuvwz mx:abcdefghijklmnopqrstuvwxyz
    my:abcefghjklmnoprsuvwxyz mz:abcdeghijklmnopqrstuvwxyz na:abcefghijklmnopqrstuvwxyz
    nb:abcdeghijklmnopqrstuvwy nc:abcdefghijklmnoqrstuxz nd:abcdefghijklmnopqrstuvwxyz
    ne:abcdefghijkmnopqrstuvwxyz nf:adlru ng:abcdeghijklmnpqrstuvwxyz nh:abcdefghikmnopqrtuvwxyz
    ni:abcdefghijklmnoqrstuvwxyz nj:abdhijlmnorstuxyz nk:abcdefghijkmnopqrstuvwxz nl:acdegijklmoquvwxyz
    nm:abcdefghijklmnopqrstuvwxyz nn:abcdefghijklmnopqrtuvwyz no:abcdefghijklnpqrstuvwyz np:abghilnosuxy
    nq:gklmnoqty nr:abcefgiklmnprtuxz ns:abcdefghiklmnopqrstuvwxyz nt:dgijkmopruwxyz
    nu:abcdefghijklmnopqrstuvwxyz nv:hmo nw:abcegimorwxy nx:adegiklmnoqrx ny:abcdefghijklmnopqrstuvwxy
    nz:abdikmrsuyz oa:ackrv ob:iklmortu oc:ahimou od:aktu of:osu og:bcegou oh:tu oi:aen oj:bcgipsvw
    ok:abcdeghijklmnorsuvxz ol:adekmortu om:abcgiklnoprtuwxy on:abegijknoprstuwx oo:dgnrs op:akmoty
    or:aceghimnorstuvwxyz os:acinopstux ot:abdeiklmnoqrstuwxyz ou:abeim ov:d ow:il oy:bdmy oz:m
    pa:abcdefghiklmnopqrsuvwxyz pb:bcefghilmnoprstuvy pc:abcdefghijklmnpw pd:acinotu pe:abdefghijklmopqrsvxyz
    pf:ael pg:adgiklnsuz ph:adghijklmnoqrtuvw pi:abcdefghjlmnoprstuvwxyz pj:t pk:abcghnoprstu
    pl:abcdeghiklnoqrstuvwyz pm:abdefhijlmnoqrstwxyz pn:abcdeghijklmnopqrstuvwxyz po:cefghiklmnopqrstvwxy
    pp:eiklmnopqstu pq:am pr:acdefghiklmnoqrstuwxz ps:acdeghilmnopqrstuwy pt:ahinopqrtuvwy
    pu:abcdefgijmopqrstuwxy pw:abgimnorw px:m py:emnsuxy pz:ehn qu:abcdefghiklmnpqrsvwxyz qv:acehijlmnopswyz
    qw:achmst qx:achlnopqrstuw qy:ap ra:abcdfghijklmnopqrstuvwxyz rb:bklp rc:f rd:b re:abegijlmnrsty
    rg:aeknrsu rh:gp ri:abflmnrtu rj:gis rk:abhimtw rm:abcdefghiklmnopqstuvwxyz rn:bdglnprw
    ro:abcdefghlmnopruw rp:nt rr:imot rs:bklmnw rt:chmsw ru:bcefghikmnopqstuyz rw:aklmor rx:dw ry:nsu rz:h
    sa:abcdefghijklmnoqrstuvwxyz sb:abcdefghijklmnopqrstuvwxyz sc:befghiklnopqstuvwx sd:abcefghjklnopqrstuxz
    se:abcdefghijklmnopqrstuvwyz sf:bemsw sg:abcdeghijkmprstuwxyz sh:abcdeghijklmnopqrstuvwxyz
    si:abdefghijklmnopqrstuvwxyz sj:abcdegklmnoprstuw sk:abcdefghijmnopqrstuvwxyz sl:acdefghijklmnoprstuvwxyz
    sm:abcefghijklmnopqrstuvwxyz sn:acdefgijklmnopqrsuvwxyz so:abcdeghijklmnopqrstuvwxyz
    sp:abcdegiklmnopqrstuvxy sq:ahikmnoqrstux sr:abcdefghiklmnopqrstuvwxyz ss:abcdefghijklmnopqrstuvwxyz
    st:abdefghijklmnopqrstuvwy su:abcegijknoqrstvwxyz sv:abcekmsx sw:abcefghijklmnopqrstuvwxy
    sx:bcegklmnorsuw sy:abciklmnorswxy sz:abceglnpsvwy ta:abcdefghijklmnopqrstuvwxyz
    tb:acdefghijklmnoprstuvwxyz tc:abcdefghiklmnopqstuwxyz td:abcdefghijklmnoqrstvxy
    te:abcdefghiklmnopqrstuvwxyz tf:inort tg:abcdefhijklnopqrstuvwxyz th:adefhiklmnpqrstuvyz
    ti:abcfghijklmnopqrstuvwxyz tj:agijlmnopsuw tk:abdefglmnpqrstuvwxz tl:abcdfghijklmnopqrstuvxy
    tm:abcdefghijlmnoqrstuvwyz tn:abcdghiklmnopqrstuvwxyz to:bcdfghijklmnopqrsuvwxyz tp:acefgijklmnopqrtuvxyz
    tq:blmnopqrtuw tr:abcdefghijlmnopqrstuvwxyz ts:abcdeghijklmnopqrstuvwxyz tt:abcdefghijklmnopqrstuvwyz
    tu:abcdefghijklmnopqrstuvxyz tv:adeiklmnostuwxy tw:abcdefghilmnopqrtuwxy tx:abceghijmnoqrstuxy
    ty:aehijlnprstuvxyz tz:ahjlmnox ua:mnr ub:ailruy ud:aegijlmu ue:s uf:i ug:abehnoy uh:an ui:gsv uj:i
    uk:aghiklpqrsuvwy ul:abcefiklmnuwy um:abcdgimnoprsu un:aegikmnruxz uo:n up:iv ur:abcdefghiklmnoprtuvwxyz
    us:ahikpsu ut:aehpru uu:mru uv:ehl uw:a uy:a uz:bns va:aefghijlmnoprsuvy vb:bk ve:cdlmnopr vg:rt
    vi:cdefglnstv vj:k vk:ajklmnoptuz vl:ps vm:abcdefghijklmpqrsuvwxyz vn:kmp vo:lrt vr:aost vs:ilnv vt:o
    vu:mnt vw:a wa:abcdefghijklmnopqrstuvwxyz wb:abefhijklmpqrstvw wc:ai wd:dgjktuy we:acdghilmnoprstuw wf:g
    wg:abgiouy wh:agku wi:bcefghijklmnruvy wj:ai wk:abdlruwy wl:aceghiklmnorsuvwxy wm:abcdeghimnostwx
    wn:bcdegikmnopuwy wo:abcdefgiklmnorswy wp:c wr:bghiklmnoprsuvwxyz ws:agikrsuv wt:bfhikmw wu:abdhlmnrtuvxy
    ww:aborw wx:aw wy:bimnry xa:abcdegijklmnopqrstuvwy xb:bcdegijmnoprwy xc:bceghlmnortuvwy xd:ackmoqy
    xe:bdglmprstu xf:a xg:abdfgilmruw xh:acdemortuv xi:bilnrsvy xj:bt xk:abcdefgijklnopqrstuvwxyz
    xl:abcdeginopsuy xm:abcdefghjklmnopqrstuvwxyz xn:abghijkmnoqrstuyz xo:cdgikmnoprw
    xp:abcdefghijklmnopqrstuvwxyz xq:at xr:abdegimnrtuw xs:abcdehijlmnopqruvy xt:abcdeghijlmnopqrstuvwy
    xu:abdgjlmnoprtu xv:einos xw:acdegjklortw xx:bkmrt xy:abjklty xz:hmp ya:abcdefghijklmnopqrstuvwxyz
    yb:abehijklmnoxy yc:hlnpr yd:adegk ye:aceijlrstuvy yg:ailmprsuw yh:adls yi:adfghijklmnpqrstuvxz
    yk:aghiklmnortuy yl:abegilmnoruy ym:bcdeghiklmnopqrsxz yn:abdegklnoqsu yo:bgiklmnrtxy yp:abghkmnopz
    yr:abeklmnoswy ys:cdglmnoprsy yt:alpwy yu:abcdefgijklmnpqrtwxyz yv:at yw:aglnqrtuw yx:aglmuy yy:ruz yz:gk
    za:abcdefghijklmopqrstuvwxyz zb:aceltuw zc:adh zd:j ze:aghmn zg:abhmnr zh:abdinow zi:abklmnwz
    zk:adghknoprtuvz zl:ajmnqu zm:abcdefghijklmnopqrstuvwxyz zn:adegks zo:chmoqrs
    zp:abcdefghijklmnopqrstuvwxyz zq:e zr:agnops zs:aklmru zt:eglmnpqstuxy zu:hlmny zw:a zy:bgjnp zz:aj
"""

_SHORTER = """
    aar:aa abk:ab afr:af aka:ak alb:sq amh:am ara:ar arg:an arm:hy asm:as ava:av ave:ae aym:ay aze:az bak:ba
    bam:bm baq:eu bel:be ben:bn bis:bi bod:bo bos:bs bre:br bul:bg bur:my cat:ca ces:cs cha:ch che:ce chi:zh
    chu:cu chv:cv cor:kw cos:co cre:cr cym:cy cze:cs dan:da deu:de div:dv dut:nl dzo:dz ell:el eng:en epo:eo
    est:et eus:eu ewe:ee fao:fo fas:fa fij:fj fin:fi fra:fr fre:fr fry:fy ful:ff geo:ka ger:de gla:gd gle:ga
    glg:gl glv:gv gre:el grn:gn guj:gu hat:ht hau:ha hbs:sh heb:he her:hz hin:hi hmo:ho hrv:hr hun:hu hye:hy
    ibo:ig ice:is ido:io iii:ii iku:iu ile:ie ina:ia ind:id ipk:ik isl:is ita:it jav:jv jpn:ja kal:kl kan:kn
    kas:ks kat:ka kau:kr kaz:kk khm:km kik:ki kin:rw kir:ky kom:kv kon:kg kor:ko kua:kj kur:ku lao:lo lat:la
    lav:lv lim:li lin:ln lit:lt ltz:lb lub:lu lug:lg mac:mk mah:mh mal:ml mao:mi mar:mr may:ms mkd:mk mlg:mg
    mlt:mt mon:mn mri:mi msa:ms mya:my nau:na nav:nv nbl:nr nde:nd ndo:ng nep:ne nld:nl nno:nn nob:nb nor:no
    nya:ny oci:oc oji:oj ori:or orm:om oss:os pan:pa per:fa pli:pi pol:pl por:pt pus:ps que:qu roh:rm ron:ro
    rum:ro run:rn rus:ru sag:sg san:sa sin:si slk:sk slo:sk slv:sl sme:se smo:sm sna:sn snd:sd som:so sot:st
    spa:es sqi:sq srd:sc srp:sr ssw:ss sun:su swa:sw swe:sv tah:ty tam:ta tat:tt tel:te tgk:tg tgl:tl tha:th
    tib:bo tir:ti ton:to tsn:tn tso:ts tuk:tk tur:tr twi:tw uig:ug ukr:uk urd:ur uzb:uz ven:ve vie:vi vol:vo
    wel:cy wln:wa wol:wo xho:xh yid:yi yor:yo zha:za zho:zh zul:zu
"""


def _list_codes(table: str) -> frozenset[str]:
    words = (word.split(":") for word in table.split())
    return frozenset(begin + last for begin, letters in words for last in letters)


LANGUAGES_3 = _list_codes(_TABLE)
"""https://iso639-3.sil.org/code_tables/download_tables, 2026-02, and
https://www.loc.gov/standards/iso639-2/php/code_list.php"""

LANGUAGES_2 = dict(word.split(":") for word in _SHORTER.split())
"""The two-letter codes of ISO 639-1 by the three-letter codes of the same languages."""
