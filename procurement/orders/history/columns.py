"""What the columns of a history file may be called, in the languages that exports come in."""

from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache

from procurement.core.headers import plain


class Column(StrEnum):
    """What a column of a history file can hold."""

    POSTED = "posted"
    TRANSACTED = "transacted"
    ORDER = "order"
    DEPARTMENT = "department"
    COST_CENTRE = "cost-centre"
    COST_CENTRE_NAME = "cost-centre-name"
    SUPPLIER = "supplier"
    AMOUNT = "amount"
    NET = "net"
    TAX = "tax"
    DEBIT = "debit"
    CREDIT = "credit"
    QUANTITY = "quantity"
    PRICE = "price"
    SIGN = "sign"
    CURRENCY = "currency"
    ACCOUNT = "account"
    ACCOUNT_NAME = "account-name"
    MCC = "mcc"
    MCC_NAME = "mcc-name"
    UNSPSC = "unspsc"
    CATEGORY = "category"
    DESCRIPTION = "description"
    BUYER = "buyer"


# Spellings in the order of preference: where a file has several, the first named is taken.
# Accents, case, punctuation and currency codes have been taken off before comparing.
SPELLINGS: dict[Column, Sequence[str]] = {
    Column.POSTED: (
        "posting date", "posted date", "date posted", "post date", "posted on", "posted",
        "booking date", "settlement date", "gl date", "accounting date", "ledger date",
        "clearing date", "buchungsdatum", "buchungstag", "date comptable",
        "date de comptabilisation", "date de valeur", "fecha contable",
        "fecha de contabilizacion", "fecha de asiento", "boekingsdatum", "boekdatum",
        "data contabile", "data di registrazione", "data registrazione", "data de lancamento",
        "data do lancamento", "date", "datum", "fecha", "data",
    ),
    Column.TRANSACTED: (
        "transaction date", "trans date", "txn date", "tran date", "transaction dt",
        "date of transaction", "purchase date", "date of purchase", "order date", "po date",
        "ordered on", "expense date", "invoice date", "document date", "payment date",
        "transaktionsdatum", "kaufdatum", "bestelldatum", "belegdatum", "rechnungsdatum",
        "date de transaction", "date de la transaction", "date d achat", "date de commande",
        "date operation", "date de facture", "fecha de transaccion", "fecha transaccion",
        "fecha de compra", "fecha de pedido", "fecha de factura", "fecha operacion",
        "transactiedatum", "aankoopdatum", "besteldatum", "factuurdatum", "data transazione",
        "data di acquisto", "data ordine", "data operazione", "data fattura", "data da transacao",
        "data da compra", "data do pedido",
    ),
    Column.ORDER: (
        "order number", "order no", "order id", "order nr", "order num", "purchase order number",
        "purchase order no", "purchase order id", "purchase order", "po number", "po no", "po id",
        "po nr", "po num", "po", "order", "statement id", "statement number", "statement no",
        "statement", "requisition number", "requisition id", "requisition no", "requisition",
        "bestellnummer", "bestell nr", "bestellung", "auftragsnummer", "auftrag",
        "bon de commande", "numero de commande", "no de commande", "n de commande", "commande",
        "releve", "numero de releve", "numero de pedido", "orden de compra", "n de pedido",
        "pedido", "inkoopordernummer", "inkooporder", "ordernummer", "bestelnummer", "ordine",
        "numero ordine", "ordine di acquisto", "numero do pedido", "ordem de compra",
        "expense report number", "expense report id", "report number", "report id",
        "receipt number", "voucher number", "voucher no", "voucher", "document number",
        "document no", "doc number", "doc no", "belegnummer", "beleg", "numero de piece",
        "invoice number", "invoice no", "invoice id", "invoice", "rechnungsnummer",
        "numero de facture", "factuurnummer", "numero fattura",
    ),
    Column.DEPARTMENT: (
        "department", "department name", "dept", "dept name", "division", "division name",
        "business unit", "organisation unit", "organization unit", "organisational unit",
        "organizational unit", "org unit", "agency", "agency name", "directorate", "ministry",
        "service area", "branch", "portfolio", "faculty", "abteilung", "fachbereich", "bereich",
        "dienststelle", "departement", "direction", "departamento", "area", "unidad", "afdeling",
        "dipartimento", "reparto", "direzione", "unidade", "secretaria", "department code",
        "dept code", "department id", "dept id", "division code",
    ),
    Column.COST_CENTRE: (
        "cost centre", "cost center", "cost centre code", "cost center code",
        "cost centre number", "cost center number", "cost centre no", "cost center no",
        "cost centre id", "cost center id", "costcentre", "costcenter", "cc", "ccode",
        "kostenstelle", "kostenstellennummer", "kst", "centre de cout", "centre de couts",
        "centre de responsabilite", "centro de coste", "centro de costo", "centro de costos",
        "centro de costes", "ceco", "kostenplaats", "centro di costo", "centro de custo", "team",
        "unit", "section", "unit code", "organisation code", "responsibility centre",
        "responsibility center", "project", "project code",
    ),
    Column.COST_CENTRE_NAME: (
        "cost centre name", "cost center name", "cost centre description",
        "cost center description", "cost centre desc", "cost center desc", "cost centre title",
        "cost center title", "kostenstellenbezeichnung", "kostenstelle bezeichnung",
        "kostenstellenname", "libelle centre de cout", "nom du centre de cout",
        "nombre del centro de coste", "omschrijving kostenplaats", "kostenplaats omschrijving",
        "descrizione centro di costo", "nome do centro de custo", "team name", "unit name",
        "section name", "project name",
    ),
    Column.SUPPLIER: (
        "supplier", "supplier name", "vendor", "vendor name", "merchant", "merchant name",
        "payee", "payee name", "creditor", "creditor name", "beneficiary", "beneficiary name",
        "contractor", "contractor name", "company", "company name", "seller", "trader", "shop",
        "store", "merchant dba", "merchant dba name", "doing business as", "lieferant",
        "lieferantenname", "kreditor", "kreditorname", "haendler", "handler", "verkaufer",
        "fournisseur", "nom du fournisseur", "commercant", "marchand", "beneficiaire",
        "proveedor", "nombre del proveedor", "comercio", "establecimiento", "acreedor",
        "leverancier", "naam leverancier", "winkel", "fornitore", "nome fornitore", "esercente",
        "beneficiario", "fornecedor", "nome do fornecedor", "estabelecimento", "supplier id",
        "vendor id",
    ),
    Column.AMOUNT: (
        "total amount", "amount total", "total", "gross amount", "gross", "line total",
        "line amount", "total incl tax", "total including tax", "total inc tax", "total inc vat",
        "total incl vat", "amount incl tax", "amount incl vat", "amount including tax",
        "amount including vat", "amount inc vat", "gross value", "total cost", "total price",
        "total spend", "amount", "billed amount", "billing amount", "posted amount",
        "posting amount", "transaction amount", "txn amount", "trans amount", "tran amount",
        "amt", "total amt", "purchase amount", "invoice amount", "order amount", "payment amount",
        "paid amount", "amount paid", "spend", "value", "transaction value", "cost", "sum",
        "bruttobetrag", "brutto", "gesamtbetrag", "gesamt", "gesamtpreis", "betrag", "umsatz",
        "summe", "montant ttc", "total ttc", "ttc", "montant total", "montant brut", "montant",
        "importe total", "importe bruto", "importe", "monto total", "monto", "cantidad total",
        "bedrag incl btw", "totaalbedrag", "bedrag", "totaal", "importo totale", "importo lordo",
        "importo", "totale", "valor total", "valor bruto", "valor", "extended price",
        "extended amount", "extended cost",
    ),
    Column.NET: (
        "net amount", "net", "amount excl tax", "amount excl vat", "amount excluding tax",
        "amount excluding vat", "amount ex vat", "amount ex tax", "total excl tax",
        "total excl vat", "net value", "net total", "nettobetrag", "netto", "montant ht",
        "total ht", "ht", "montant net", "importe neto", "base imponible", "neto",
        "bedrag excl btw", "nettobedrag", "importo netto", "imponibile", "valor liquido",
        "subtotal",
    ),
    Column.TAX: (
        "tax", "tax amount", "total tax", "sales tax", "vat", "vat amount", "gst", "hst",
        "gst hst", "steuer", "steuerbetrag", "mwst", "mwst betrag", "ust", "umsatzsteuer",
        "mehrwertsteuer", "tva", "montant tva", "taxe", "taxes", "iva", "importe iva",
        "cuota iva", "btw", "btw bedrag", "imposta", "imposto",
    ),
    Column.DEBIT: (
        "debit", "debit amount", "debits", "amount debit", "dr", "soll", "debe", "dare", "debito",
        "cargo", "af",
    ),
    Column.CREDIT: (
        "credit", "credit amount", "credits", "amount credit", "cr", "haben", "haber", "avere",
        "credito", "abono", "bij",
    ),
    Column.QUANTITY: (
        "quantity", "qty", "quantity ordered", "order quantity", "units", "menge", "anzahl",
        "quantite", "qte", "cantidad", "aantal", "quantita", "quantidade",
    ),
    Column.PRICE: (
        "unit price", "price", "price each", "unit cost", "price per unit", "each", "einzelpreis",
        "stuckpreis", "preis", "prix unitaire", "prix", "precio unitario", "precio", "stukprijs",
        "prijs", "prezzo unitario", "prezzo", "preco unitario",
    ),
    Column.SIGN: (
        "debit credit indicator", "debit or credit", "debit credit", "dr cr", "d c", "dc",
        "dc indicator", "credit debit", "cr dr", "c d", "soll haben", "s h", "debit credit code",
        "af bij", "debe haber", "dare avere",
    ),
    Column.CURRENCY: (
        "currency", "currency code", "curr", "ccy", "cur", "billing currency", "billed currency",
        "posting currency", "transaction currency", "amount currency", "iso currency", "wahrung",
        "waehrung", "devise", "monnaie", "moneda", "divisa", "munt", "valuta", "valutacode",
        "moeda",
    ),
    Column.ACCOUNT: (
        "gl account", "g l account", "gl account code", "gl account number", "gl account no",
        "gl code", "g l code", "gl", "g l", "general ledger account", "general ledger code",
        "ledger account", "ledger code", "account", "account code", "expense account",
        "object code", "object", "nominal code", "nominal", "cost element", "sachkonto", "konto",
        "kontonummer", "compte", "compte general", "numero de compte", "cuenta",
        "cuenta contable", "cuenta de mayor", "grootboekrekening", "grootboek", "rekening",
        "conto", "conto contabile", "conta", "conta contabil",
    ),
    Column.ACCOUNT_NAME: (
        "gl account name", "g l account name", "gl account description",
        "g l account description", "gl account desc", "gl description", "gl desc",
        "g l description", "gl name", "general ledger description", "account name",
        "account description", "account desc", "object description", "object name",
        "object title", "nominal description", "expense type", "expense description",
        "kontobezeichnung", "sachkontobezeichnung", "libelle compte", "libelle du compte",
        "nombre de la cuenta", "descripcion de la cuenta", "grootboekomschrijving",
        "descrizione conto", "nome da conta",
    ),
    Column.MCC: (
        "mcc", "mcc code", "merchant category code", "merchant category", "merchant code", "sic",
        "sic code", "merchant type code", "mcc number", "mcg code",
    ),
    Column.MCC_NAME: (
        "mcc description", "mcc desc", "mcc name", "merchant category name",
        "merchant category description", "merchant category desc",
        "merchant category code description", "merchant category code desc", "merchant type",
        "merchant type description", "mcc code description",
    ),
    Column.UNSPSC: (
        "unspsc", "unspsc code", "commodity code", "commodity", "unspsc commodity",
        "unspsc commodity code", "normalized unspsc", "classification codes",
    ),
    Column.CATEGORY: (
        "category", "category name", "item category", "spend category", "expense category",
        "purchase category", "procurement category", "product category", "category code",
        "commodity title", "commodity description", "family title", "segment title", "kategorie",
        "warengruppe", "categorie", "categoria", "rubro", "goederengroep",
    ),
    Column.DESCRIPTION: (
        "description", "purpose", "line description", "item description",
        "transaction description", "item name", "item", "product", "product name", "details",
        "detail", "transaction details", "business purpose", "narrative", "memo", "comment",
        "comments", "notes", "remarks", "line item", "line item title", "reason", "beschreibung",
        "verwendungszweck", "zweck", "bezeichnung", "buchungstext", "text", "artikel", "libelle",
        "objet", "motif", "designation", "descripcion", "concepto", "motivo", "omschrijving",
        "descrizione", "causale", "oggetto", "descricao", "historico",
    ),
    Column.BUYER: (
        "buyer", "buyer name", "requester", "requester name", "requested by", "requestor",
        "cardholder", "cardholder name", "card holder", "card holder name", "employee",
        "employee name", "purchaser", "ordered by", "besteller", "karteninhaber", "mitarbeiter",
        "acheteur", "demandeur", "titulaire", "comprador", "solicitante", "titular",
        "besteller naam", "aanvrager", "acquirente", "richiedente",
    ),
}  # fmt: skip


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# A column with one of these words is never taken for the plain one: "original amount" is not it.
_STRANGERS = _words(
    "original orig foreign fx local source approval approved due expiry expiration delivery ship"
    " shipping created modified updated import start end birth print run budget available limit"
    " previous parent exchange rate batch manager reviewer hierarchy discount freight"
)
_MONEY_COLUMNS = frozenset(
    {Column.AMOUNT, Column.NET, Column.TAX, Column.DEBIT, Column.CREDIT, Column.PRICE}
)
CURRENCIES = _words(
    "AED ARS AUD BGN BHD BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP HKD HUF IDR ILS INR ISK JPY"
    " KES KRW KWD MAD MXN MYR NGN NOK NZD PEN PHP PKR PLN QAR RON RUB SAR SEK SGD THB TND TRY TWD"
    " UAH USD UYU VND XOF ZAR"
)
_SIGNS = {"€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₩": "KRW", "₪": "ILS", "zł": "PLN"}
# "Date (dd/mm/yyyy)" says how it is written; the words that remain say what it is.
_FORMAT_WORDS = _words("dd ddd mm mmm yy yyyy hh ss ddmmyyyy mmddyyyy yyyymmdd iso")
_PARTIAL_RANK = 1_000
_MOST_SPARE = 2  # words of a header beside those of a spelling
_TELLING = 5  # letters from which on one word says enough


def currency_in(header: str) -> str:
    """Return the currency code that a header names, as in ``Amount (CAD)``, or ''."""
    for sign, code in _SIGNS.items():
        if sign in header:
            return code
    for word in plain(header).split():
        if len(word) == 3 and word.upper() in CURRENCIES:  # noqa: PLR2004 – ISO 4217
            return word.upper()
    return ""


@lru_cache(maxsize=4096)
def readings_of(header: str) -> tuple[tuple[int, Column], ...]:
    """Return what a header may mean, best first, each with its rank (lower is surer)."""
    words = [
        word
        for word in plain(header).split()
        if word.upper() not in CURRENCIES and word not in _FORMAT_WORDS
    ]
    name = " ".join(words)
    found: list[tuple[int, Column]] = []
    for column, spellings in SPELLINGS.items():
        for rank, spelling in enumerate(spellings):
            if name == spelling:
                found.append((rank, column))
                break
        else:
            partial = _partial_rank(column, words, spellings)
            if partial is not None:
                found.append((partial, column))
    return tuple(sorted(found))


def _partial_rank(column: Column, words: list[str], spellings: Sequence[str]) -> int | None:
    """Return the rank of a header that holds all words of a spelling and few others."""
    given = set(words)
    if given & _STRANGERS or (column in _MONEY_COLUMNS and "currency" in given):
        return None
    best: int | None = None
    for rank, spelling in enumerate(spellings):
        needed = set(spelling.split())
        spare = len(given - needed)
        is_telling = len(needed) > 1 or len(spelling) >= _TELLING
        if needed <= given and spare <= _MOST_SPARE and is_telling:
            value = _PARTIAL_RANK * (1 + spare - min(len(needed), 3) + 3) + rank
            best = value if best is None else min(best, value)
    return best
