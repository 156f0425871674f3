package io.grasp.security;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Where a certificate says that its revocation status can be found (RFC 5280 sections 4.2.1.13 and 4.2.2.1). */
final class RevocationPointers {
    private static final String CRL_DISTRIBUTION_POINTS = "2.5.29.31";
    private static final String ISSUING_DISTRIBUTION_POINT = "2.5.29.28";
    private static final String AUTHORITY_INFO_ACCESS = "1.3.6.1.5.5.7.1.1";
    /** The object identifier 1.3.6.1.5.5.7.48.1: id-ad-ocsp. */
    private static final byte[] OCSP = {0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01};

    private static final int URL = Der.contextPrimitive(6);
    /** More than an authority needs; each is another fetch. */
    private static final int MAX_URLS = 4;

    private RevocationPointers() {}

    /** {@return the URLs of revocation lists that can be fetched; none if the extension is malformed} */
    static List<URI> crls(X509Certificate certificate) {
        List<URI> urls = new ArrayList<>();
        byte[] extension = certificate.getExtensionValue(CRL_DISTRIBUTION_POINTS);
        if (extension == null) {
            return urls;
        }
        try {
            Der points = Der.of(Der.of(extension).read(Der.OCTET_STRING)).enter(Der.SEQUENCE);
            while (points.hasMore()) {
                Der point = points.enter(Der.SEQUENCE);
                // With other reasons, or another issuer of the list, the list says less than we need.
                if (point.isNext(Der.context(0))) {
                    Der name = point.enter(Der.context(0));
                    if (name.isNext(Der.context(0)) && !point.hasMore()) {
                        addUrls(name.enter(Der.context(0)), urls);
                    }
                }
            }
        } catch (CertificateParsingException malformed) {
            return List.of();
        }
        return urls;
    }

    /** {@return the URLs of OCSP responders that can be asked; none if the extension is malformed} */
    static List<URI> ocspResponders(X509Certificate certificate) {
        List<URI> urls = new ArrayList<>();
        byte[] extension = certificate.getExtensionValue(AUTHORITY_INFO_ACCESS);
        if (extension == null) {
            return urls;
        }
        try {
            Der descriptions = Der.of(Der.of(extension).read(Der.OCTET_STRING)).enter(Der.SEQUENCE);
            while (descriptions.hasMore()) {
                Der description = descriptions.enter(Der.SEQUENCE);
                if (Arrays.equals(description.read(Der.OBJECT_IDENTIFIER), OCSP)) {
                    addUrls(description, urls);
                }
            }
        } catch (CertificateParsingException malformed) {
            return List.of();
        }
        return urls;
    }

    private static void addUrls(Der names, List<URI> urls) throws CertificateParsingException {
        while (names.hasMore()) {
            if (!names.isNext(URL)) {
                names.skip();
                continue;
            }
            String text = new String(names.read(URL), StandardCharsets.ISO_8859_1);
            try {
                URI uri = new URI(text);
                if (HttpFetch.isUsable(uri) && urls.size() < MAX_URLS && !urls.contains(uri)) {
                    urls.add(uri);
                }
            } catch (URISyntaxException notOne) {
                // Others may be.
            }
        }
    }

    /**
     * {@return whether a list is a complete one for the certificates that name this URL} An authority may divide its
     * certificates among several lists, and each is signed: the list of another URL would say nothing.
     */
    static boolean isCompleteFor(X509CRL list, URI url) throws CertificateParsingException {
        byte[] extension = list.getExtensionValue(ISSUING_DISTRIBUTION_POINT);
        if (extension == null) {
            return true;
        }
        Der point = Der.of(Der.of(extension).read(Der.OCTET_STRING)).enter(Der.SEQUENCE);
        boolean isNamed = true;
        if (point.isNext(Der.context(0))) {
            Der name = point.enter(Der.context(0));
            List<URI> urls = new ArrayList<>();
            if (name.isNext(Der.context(0))) {
                addUrls(name.enter(Der.context(0)), urls);
            }
            isNamed = urls.contains(url);
        }
        // What follows restricts the list: to some kinds of certificates or reasons, or to those of other issuers.
        return isNamed && !point.hasMore();
    }
}
