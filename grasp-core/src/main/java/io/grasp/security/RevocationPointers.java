package io.grasp.security;

import io.grasp.security.RevocationGaps.Kind;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a certificate says that its revocation status can be found (RFC 5280 sections 4.2.1.13 and 4.2.2.1).
 *
 * @param lists the URLs of revocation lists that can be fetched
 * @param responders the URLs of OCSP responders that can be asked
 * @param gap why nothing can be fetched, though the certificate names something; {@code null} if something can, or it
 *     names nothing
 */
record RevocationPointers(
        List<URI> lists, List<URI> responders, @Nullable Kind gap) {
    private static final String CRL_DISTRIBUTION_POINTS = "2.5.29.31";
    private static final String ISSUING_DISTRIBUTION_POINT = "2.5.29.28";
    private static final String AUTHORITY_INFO_ACCESS = "1.3.6.1.5.5.7.1.1";
    /** The object identifier 1.3.6.1.5.5.7.48.1: id-ad-ocsp. */
    private static final byte[] OCSP = {0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01};

    private static final int URL = Der.contextPrimitive(6);
    /** More than an authority needs; each is another fetch. */
    private static final int MAX_URLS = 4;

    /** {@return what a certificate names} */
    static RevocationPointers of(X509Certificate certificate) {
        Set<Kind> gaps = EnumSet.noneOf(Kind.class);
        List<URI> lists = lists(certificate, gaps);
        List<URI> responders = responders(certificate, gaps);
        boolean isUsable = !lists.isEmpty() || !responders.isEmpty();
        return new RevocationPointers(
                lists, responders, isUsable ? null : gaps.stream().findFirst().orElse(null));
    }

    private static List<URI> lists(X509Certificate certificate, Set<Kind> gaps) {
        List<URI> urls = new ArrayList<>();
        byte[] extension = certificate.getExtensionValue(CRL_DISTRIBUTION_POINTS);
        if (extension == null) {
            return urls;
        }
        try {
            Der points = Der.of(Der.of(extension).read(Der.OCTET_STRING)).enter(Der.SEQUENCE);
            while (points.hasMore()) {
                Der point = points.enter(Der.SEQUENCE);
                Der name = point.isNext(Der.context(0)) ? point.enter(Der.context(0)) : Der.of(new byte[0]);
                // With other reasons, or another issuer of the list, the list says less than we need.
                if (name.isNext(Der.context(0)) && !point.hasMore()) {
                    addUrls(name.enter(Der.context(0)), urls, gaps);
                } else {
                    gaps.add(Kind.PARTIAL_LISTS);
                }
            }
            if (urls.isEmpty() && gaps.isEmpty()) {
                gaps.add(Kind.MALFORMED); // it has no point, or one without a name
            }
        } catch (CertificateParsingException malformed) {
            gaps.add(Kind.MALFORMED);
            return List.of();
        }
        return urls;
    }

    private static List<URI> responders(X509Certificate certificate, Set<Kind> gaps) {
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
                    addUrls(description, urls, gaps);
                }
            }
        } catch (CertificateParsingException malformed) {
            gaps.add(Kind.MALFORMED);
            return List.of();
        }
        return urls;
    }

    private static void addUrls(Der names, List<URI> urls, Set<Kind> gaps) throws CertificateParsingException {
        while (names.hasMore()) {
            if (!names.isNext(URL)) {
                names.skip();
                gaps.add(Kind.OTHER_PROTOCOL);
                continue;
            }
            String text = new String(names.read(URL), StandardCharsets.ISO_8859_1);
            try {
                URI uri = new URI(text);
                if (!HttpFetch.isUsable(uri)) {
                    gaps.add(HttpFetch.isHttp(uri) ? Kind.INVALID_URL : Kind.OTHER_PROTOCOL);
                } else if (urls.size() < MAX_URLS && !urls.contains(uri)) {
                    urls.add(uri);
                }
            } catch (URISyntaxException notOne) {
                gaps.add(Kind.INVALID_URL);
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
                addUrls(name.enter(Der.context(0)), urls, EnumSet.noneOf(Kind.class));
            }
            isNamed = urls.contains(url);
        }
        // What follows restricts the list: to some kinds of certificates or reasons, or to those of other issuers.
        return isNamed && !point.hasMore();
    }
}
