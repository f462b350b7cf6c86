//! What tags, kinds and districts are called: the shop and the goods, in Korean and English.

use super::Lang;

/// Names of one tag.
struct Entry {
    tag: &'static str,
    /// The place: "bakeries".
    shops: [&'static str; 2],
    /// What one buys there: "snacks".
    goods: [&'static str; 2],
}

const fn entry(tag: &'static str, shops: [&'static str; 2], goods: [&'static str; 2]) -> Entry {
    Entry { tag, shops, goods }
}

/// Korean, then English.
const ENTRIES: &[Entry] = &[
    entry("food", ["먹거리 가게", "food shops"], ["먹거리", "food"]),
    entry("food.convenience", ["편의점", "convenience stores"], ["간식", "snacks"]),
    entry("food.bakery", ["빵집", "bakeries"], ["간식", "snacks"]),
    entry("food.snack-bar", ["분식집", "snack bars"], ["간식", "snacks"]),
    entry("food.cafe", ["카페", "cafés"], ["음료", "drinks"]),
    entry("food.grocer", ["식료품점", "grocers"], ["식료품", "groceries"]),
    entry("food.market", ["전통 시장", "street markets"], ["장보기", "groceries"]),
    entry("food.restaurant", ["음식점", "restaurants"], ["식사", "meals"]),
    entry("food.fruit", ["과일 가게", "fruit shops"], ["과일", "fruit"]),
    entry("food.vegetable", ["채소 가게", "greengrocers"], ["채소", "vegetables"]),
    entry("food.milk", ["우유 가게", "dairies"], ["우유", "milk"]),
    entry("food.bread", ["빵집", "bakeries"], ["빵", "bread"]),
    entry("food.snack", ["과자 가게", "sweet shops"], ["과자", "sweets"]),
    entry("drink", ["음료 가게", "drink shops"], ["음료", "drinks"]),
    entry("drink.energy", ["음료 가게", "drink shops"], ["에너지 음료", "energy drinks"]),
    entry("alcohol", ["주류 가게", "liquor shops"], ["술", "alcohol"]),
    entry("alcohol.beer", ["주류 가게", "liquor shops"], ["맥주", "beer"]),
    entry("tobacco", ["담배 가게", "tobacconists"], ["담배", "tobacco"]),
    entry("culture", ["문화 시설", "culture venues"], ["문화 생활", "culture"]),
    entry("culture.museum", ["박물관", "museums"], ["박물관 관람", "museum visits"]),
    entry("culture.concert", ["공연장", "concert halls"], ["공연", "concerts"]),
    entry("culture.cinema", ["영화관", "cinemas"], ["영화", "films"]),
    entry("books", ["책방", "bookshops"], ["책", "books"]),
    entry("sport", ["운동 시설", "sports centres"], ["운동", "sport"]),
    entry("sport.pool", ["수영장", "swimming pools"], ["수영", "swimming"]),
    entry("health.pharmacy", ["약국", "pharmacies"], ["약", "medicine"]),
    entry("health.clinic", ["병원", "clinics"], ["진료", "treatment"]),
    entry("education", ["학원", "schools"], ["배움", "lessons"]),
    entry("retail", ["가게", "shops"], ["물건", "goods"]),
    entry(
        "retail.department",
        ["백화점", "department stores"],
        ["백화점 물건", "department store goods"],
    ),
    entry(
        "retail.hypermarket",
        ["대형 마트", "hypermarkets"],
        ["대형 마트 물건", "hypermarket goods"],
    ),
    entry("retail.duty-free", ["면세점", "duty-free shops"], ["면세품", "duty-free goods"]),
    entry("retail.clothes", ["옷 가게", "clothes shops"], ["옷", "clothes"]),
    entry("retail.stationery", ["문구점", "stationers"], ["문구", "stationery"]),
    entry("online", ["온라인 가게", "online shops"], ["온라인 구매", "online shopping"]),
    entry("gambling", ["사행 업소", "gambling places"], ["사행 게임", "gambling"]),
    entry("leisure", ["여가 시설", "leisure places"], ["여가", "leisure"]),
    entry("leisure.adult", ["유흥업소", "adult venues"], ["유흥", "adult entertainment"]),
    entry("transit", ["대중교통", "public transport"], ["교통비", "fares"]),
    entry("transit.metro", ["지하철", "the metro"], ["지하철 요금", "metro fares"]),
    entry("transit.bus", ["버스", "buses"], ["버스 요금", "bus fares"]),
    entry("transit.bike", ["따릉이", "city bikes"], ["따릉이 요금", "bike rides"]),
    entry("transit.taxi", ["택시", "taxis"], ["택시 요금", "taxi fares"]),
    entry("small-business", ["동네 가게", "small local shops"], ["동네 가게 물건", "local goods"]),
    entry("chain-direct", ["직영 체인점", "chain stores"], ["체인점 물건", "chain store goods"]),
    entry("purchase", ["가게", "shops"], ["물건", "shopping"]),
    entry("bill", ["공공요금", "city bills"], ["공공요금", "bills"]),
    entry("transfer", ["다른 사람", "other people"], ["보내기", "sending"]),
    entry("cash-out", ["현금", "cash"], ["현금 찾기", "cashing out"]),
];

/// The 25 districts of Seoul: tag, Korean, English.
const DISTRICTS: &[(&str, &str, &str)] = &[
    ("gu.dobong", "도봉구", "Dobong-gu"),
    ("gu.dongdaemun", "동대문구", "Dongdaemun-gu"),
    ("gu.dongjak", "동작구", "Dongjak-gu"),
    ("gu.eunpyeong", "은평구", "Eunpyeong-gu"),
    ("gu.gangbuk", "강북구", "Gangbuk-gu"),
    ("gu.gangdong", "강동구", "Gangdong-gu"),
    ("gu.gangnam", "강남구", "Gangnam-gu"),
    ("gu.gangseo", "강서구", "Gangseo-gu"),
    ("gu.geumcheon", "금천구", "Geumcheon-gu"),
    ("gu.guro", "구로구", "Guro-gu"),
    ("gu.gwanak", "관악구", "Gwanak-gu"),
    ("gu.gwangjin", "광진구", "Gwangjin-gu"),
    ("gu.jongno", "종로구", "Jongno-gu"),
    ("gu.jung", "중구", "Jung-gu"),
    ("gu.jungnang", "중랑구", "Jungnang-gu"),
    ("gu.mapo", "마포구", "Mapo-gu"),
    ("gu.nowon", "노원구", "Nowon-gu"),
    ("gu.seocho", "서초구", "Seocho-gu"),
    ("gu.seodaemun", "서대문구", "Seodaemun-gu"),
    ("gu.seongbuk", "성북구", "Seongbuk-gu"),
    ("gu.seongdong", "성동구", "Seongdong-gu"),
    ("gu.songpa", "송파구", "Songpa-gu"),
    ("gu.yangcheon", "양천구", "Yangcheon-gu"),
    ("gu.yeongdeungpo", "영등포구", "Yeongdeungpo-gu"),
    ("gu.yongsan", "용산구", "Yongsan-gu"),
];

/// What shops of this tag are called: "bakeries". Unknown tags: the last part, in words.
pub fn shops(tag: &str, lang: Lang) -> String {
    find(tag).map_or_else(|| plain(tag), |entry| pick(&entry.shops, lang))
}

/// What is bought there: "snacks". Unknown tags: the last part, in words.
pub fn goods(tag: &str, lang: Lang) -> String {
    find(tag).map_or_else(|| plain(tag), |entry| pick(&entry.goods, lang))
}

/// What a district is called.
pub fn district(tag: &str, lang: Lang) -> String {
    let found = DISTRICTS.iter().find(|(known, ..)| *known == tag);
    found.map_or_else(|| plain(tag), |(_, ko, en)| pick(&[ko, en], lang))
}

fn find(tag: &str) -> Option<&'static Entry> {
    ENTRIES.iter().find(|entry| entry.tag == tag)
}

fn pick(words: &[&str; 2], lang: Lang) -> String {
    let [ko, en] = words;
    match lang {
        Lang::Ko => *ko,
        Lang::En => *en,
    }
    .to_owned()
}

fn plain(tag: &str) -> String {
    tag.rsplit('.').next().unwrap_or(tag).replace('-', " ")
}
