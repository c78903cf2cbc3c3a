/**
 * Countries: ISO 3166-1 alpha-2 and alpha-3 (Intl knows no alpha-3), and the time zone of a place in a country, for
 * Locations that name none. A country with several zones has one here only where the coordinates settle it.
 */

/** All 249 entries of ISO 3166-1, alpha-2 and alpha-3 without a blank between them. */
const ISO_3166 =
  'ADAND AEARE AFAFG AGATG AIAIA ALALB AMARM AOAGO AQATA ARARG ASASM ATAUT AUAUS AWABW AXALA AZAZE ' +
  'BABIH BBBRB BDBGD BEBEL BFBFA BGBGR BHBHR BIBDI BJBEN BLBLM BMBMU BNBRN BOBOL BQBES BRBRA BSBHS ' +
  'BTBTN BVBVT BWBWA BYBLR BZBLZ CACAN CCCCK CDCOD CFCAF CGCOG CHCHE CICIV CKCOK CLCHL CMCMR CNCHN ' +
  'COCOL CRCRI CUCUB CVCPV CWCUW CXCXR CYCYP CZCZE DEDEU DJDJI DKDNK DMDMA DODOM DZDZA ECECU EEEST ' +
  'EGEGY EHESH ERERI ESESP ETETH FIFIN FJFJI FKFLK FMFSM FOFRO FRFRA GAGAB GBGBR GDGRD GEGEO GFGUF ' +
  'GGGGY GHGHA GIGIB GLGRL GMGMB GNGIN GPGLP GQGNQ GRGRC GSSGS GTGTM GUGUM GWGNB GYGUY HKHKG HMHMD ' +
  'HNHND HRHRV HTHTI HUHUN IDIDN IEIRL ILISR IMIMN ININD IOIOT IQIRQ IRIRN ISISL ITITA JEJEY JMJAM ' +
  'JOJOR JPJPN KEKEN KGKGZ KHKHM KIKIR KMCOM KNKNA KPPRK KRKOR KWKWT KYCYM KZKAZ LALAO LBLBN LCLCA ' +
  'LILIE LKLKA LRLBR LSLSO LTLTU LULUX LVLVA LYLBY MAMAR MCMCO MDMDA MEMNE MFMAF MGMDG MHMHL MKMKD ' +
  'MLMLI MMMMR MNMNG MOMAC MPMNP MQMTQ MRMRT MSMSR MTMLT MUMUS MVMDV MWMWI MXMEX MYMYS MZMOZ NANAM ' +
  'NCNCL NENER NFNFK NGNGA NINIC NLNLD NONOR NPNPL NRNRU NUNIU NZNZL OMOMN PAPAN PEPER PFPYF PGPNG ' +
  'PHPHL PKPAK PLPOL PMSPM PNPCN PRPRI PSPSE PTPRT PWPLW PYPRY QAQAT REREU ROROU RSSRB RURUS RWRWA ' +
  'SASAU SBSLB SCSYC SDSDN SESWE SGSGP SHSHN SISVN SJSJM SKSVK SLSLE SMSMR SNSEN SOSOM SRSUR SSSSD ' +
  'STSTP SVSLV SXSXM SYSYR SZSWZ TCTCA TDTCD TFATF TGTGO THTHA TJTJK TKTKL TLTLS TMTKM TNTUN TOTON ' +
  'TRTUR TTTTO TVTUV TWTWN TZTZA UAUKR UGUGA UMUMI USUSA UYURY UZUZB VAVAT VCVCT VEVEN VGVGB VIVIR ' +
  'VNVNM VUVUT WFWLF WSWSM YEYEM YTMYT ZAZAF ZMZMB ZWZWE ';

const alpha3ByAlpha2 = new Map(
  ISO_3166.trim()
    .split(' ')
    .map((entry) => [entry.slice(0, 2), entry.slice(2)]),
);
const alpha3Codes = new Set(alpha3ByAlpha2.values());

/** Alpha-3 -> the one zone of the country, or the one that holds for all of it but military or village exceptions. */
const SINGLE_ZONES: Readonly<Record<string, string>> = {
  ALB: 'Europe/Tirane',
  AND: 'Europe/Andorra',
  AUT: 'Europe/Vienna',
  BEL: 'Europe/Brussels',
  BGR: 'Europe/Sofia',
  BIH: 'Europe/Sarajevo',
  BLR: 'Europe/Minsk',
  CHE: 'Europe/Zurich',
  CZE: 'Europe/Prague',
  // Büsingen, an enclave of one village, keeps Swiss time, which has been the same since 1981.
  DEU: 'Europe/Berlin',
  // Greenland and the Faroes have country codes of their own.
  DNK: 'Europe/Copenhagen',
  EST: 'Europe/Tallinn',
  FIN: 'Europe/Helsinki',
  FRO: 'Atlantic/Faroe',
  GBR: 'Europe/London',
  GIB: 'Europe/Gibraltar',
  GRC: 'Europe/Athens',
  HRV: 'Europe/Zagreb',
  HUN: 'Europe/Budapest',
  IRL: 'Europe/Dublin',
  ISL: 'Atlantic/Reykjavik',
  ISR: 'Asia/Jerusalem',
  ITA: 'Europe/Rome',
  LIE: 'Europe/Vaduz',
  LTU: 'Europe/Vilnius',
  LUX: 'Europe/Luxembourg',
  LVA: 'Europe/Riga',
  MCO: 'Europe/Monaco',
  MDA: 'Europe/Chisinau',
  MKD: 'Europe/Skopje',
  MLT: 'Europe/Malta',
  MNE: 'Europe/Podgorica',
  // The Caribbean part of the Netherlands has a country code of its own.
  NLD: 'Europe/Amsterdam',
  NOR: 'Europe/Oslo',
  POL: 'Europe/Warsaw',
  ROU: 'Europe/Bucharest',
  SMR: 'Europe/San_Marino',
  SRB: 'Europe/Belgrade',
  SVK: 'Europe/Bratislava',
  SVN: 'Europe/Ljubljana',
  SWE: 'Europe/Stockholm',
  TUR: 'Europe/Istanbul',
};

/** Zones that a country is divided into, by the meridian east of which the next one begins; west to east. */
const ZONES_BY_LONGITUDE: Readonly<Record<string, readonly (readonly [eastOf: number, zone: string])[]>> = {
  // The Canary Islands end at 13.4 W, the mainland begins at 9.4 W.
  ESP: [
    [-19, 'Atlantic/Canary'],
    [-12, 'Europe/Madrid'],
  ],
  // The Azores end at 24.7 W, Madeira lies about 17 W, the mainland begins at 9.6 W.
  PRT: [
    [-32, 'Atlantic/Azores'],
    [-20, 'Atlantic/Madeira'],
    [-12, 'Europe/Lisbon'],
  ],
};

/** Metropolitan France; the overseas regions are often sent under the same country code. */
const FRANCE = { south: 41, north: 52, west: -6, east: 10 };

/** The alpha-3 code of an alpha-2 or alpha-3 code in any case and with blanks around it; null when there is none. */
export function toAlpha3(code: string): string | null {
  const text = code.trim().toUpperCase();
  return alpha3Codes.has(text) ? text : (alpha3ByAlpha2.get(text) ?? null);
}

/** The time zone at a place (coordinates may be NaN when unknown) of a country; null when that is not certain. */
export function zoneOf(alpha3: string, latitude: number, longitude: number): string | null {
  const single = SINGLE_ZONES[alpha3];
  if (single !== undefined) return single;
  if (alpha3 === 'FRA') {
    const inside =
      latitude > FRANCE.south &&
      latitude < FRANCE.north &&
      longitude > FRANCE.west &&
      longitude < FRANCE.east;
    return inside ? 'Europe/Paris' : null;
  }
  return ZONES_BY_LONGITUDE[alpha3]?.findLast(([eastOf]) => longitude > eastOf)?.[1] ?? null;
}
