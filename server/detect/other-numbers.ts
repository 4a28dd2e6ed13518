// Owns the words that name numbers of no concern: orders, parcels, telephones, versions. Each in the languages of the
// countries whose numbers are looked for. It is data.

import { list } from './word-list.ts';

export const otherNumbers = list(`
order, order no, order number, order id, orders, purchase order, po, po number, invoice, invoice no, invoice number, inv, bill no, receipt, receipt no
tracking, tracking no, tracking number, tracking id, parcel, shipment, consignment, waybill, awb, booking, booking reference, reservation, pnr
ticket, ticket no, case no, case id, case number, incident, ref, ref no, reference, our ref, your ref, version, ver, build, release, revision, rev, commit
serial, serial no, serial number, s/n, sn, model, model no, part, part no, part number, sku, item no, article no, product id, product code, batch, lot, lot no
isbn, issn, ean, upc, gtin, asin, doi, imei, imei1, imei2, imsi, iccid, mac address, barcode, meter, meter no, vin
phone, phone no, phone number, phones, tel, telephone, telephone no, fax, mobile, mobile no, cell, call, sms, whatsapp, hotline, helpline, dial, extension, ext, pager, toll free
zip, zip code, customer no, customer number, customer id, client no, member no, membership no, loyalty no, transaction, transaction id, txn, session, session id, request id, trace, trace id, span, span id
user id, job id, event id, device id, message id, post id, tweet, timestamp, epoch, unix time, size, bytes, hash, checksum, digest, sha1, sha256, md5, uuid, guid, pid
appointment, appointment no, appointment number, policy no, policy number, contract no, contract number, quote no, quotation, seq, sequence, coordinates, lat, lon, gps, isin, wkn, cusip, sedol, lei, duns
bestellung, bestellnummer, bestellnr, bestell-nr, auftrag, auftragsnummer, auftragsnr, auftrags-nr, rechnung, rechnungsnummer, rechnungsnr, rechnungs-nr, sendung, sendungsnummer, paketnummer
kundennummer, kundennr, kunden-nr, artikelnummer, artikelnr, artikel, seriennummer, vorgangsnummer, vorgang, aktenzeichen, vertragsnummer, lieferschein, lieferscheinnummer, lieferschein-nr, terminnummer, telefon, telefonnummer, mobil, handy, handynummer, rufnummer, durchwahl, zaehlernummer, zählernummer, chargennummer, chargennr, buchungsnummer, ticketnummer
commande, n° de commande, numero de commande, facture, colis, numero de suivi, suivi, telephone, portable, mobile, reference, dossier, numero de serie, contrat, contrat no, n° de contrat, numero de contrat
pedido, numero de pedido, factura, seguimiento, telefono, movil, referencia, expediente, contrato no, numero de contrato, de serie, rastreio, codigo de rastreio, localizador, albaran, fatura, encomenda, telefone, telemovel, celular, contato, protocolo, nota fiscal
ordine, numero ordine, fattura, spedizione, articolo, codice articolo, telefono, cellulare, riferimento, pratica, numero contratto, matricola
bestelling, bestelnummer, factuur, factuurnummer, telefoon, telefoonnummer, mobiel, klantnummer, zending, ordernummer, dossiernummer
zamowienie, zamowienia, nr zamowienia, faktura, nr faktury, faktury, przesylka, przesylki, telefonu, komorka, umowa, umowy
siparis, siparis no, fatura, fatura no, kargo, telefon, cep, takip no, musteri no
`);
