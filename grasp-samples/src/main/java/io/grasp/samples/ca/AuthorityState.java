package io.grasp.samples.ca;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The records of an authority.
 *
 * @param domain the domain of its certificates
 * @param crlUrl where its revocation list is served; {@code null} if it is not
 * @param registrar the registrar-ID in the addresses of its nodes
 * @param nextNode the number of the next node
 * @param crlNumber the number of the present revocation list
 * @param certificates all that were issued, also those that were renewed or revoked, oldest first
 */
record AuthorityState(
        String domain,
        @Nullable String crlUrl,
        long registrar,
        int nextNode,
        long crlNumber,
        List<IssuedCertificate> certificates) {
    AuthorityState {
        certificates = List.copyOf(certificates);
    }

    AuthorityState withIssued(IssuedCertificate certificate, int next) {
        List<IssuedCertificate> all = new ArrayList<>(certificates);
        all.add(certificate);
        return new AuthorityState(domain, crlUrl, registrar, next, crlNumber, all);
    }

    AuthorityState withNextCrl() {
        return new AuthorityState(domain, crlUrl, registrar, nextNode, crlNumber + 1, certificates);
    }

    /** Revokes all certificates of a name that have not been revoked. */
    AuthorityState withRevoked(String name, Instant at) {
        List<IssuedCertificate> all = certificates.stream()
                .map(each -> each.name().equals(name) && each.revoked() == null ? each.withRevoked(at) : each)
                .toList();
        return new AuthorityState(domain, crlUrl, registrar, nextNode, crlNumber, all);
    }

    /** {@return the certificate that each node has now, without nodes whose certificates were revoked} */
    List<IssuedCertificate> present() {
        Map<String, IssuedCertificate> newest = new LinkedHashMap<>();
        certificates.forEach(each -> newest.put(each.name(), each));
        return newest.values().stream().filter(each -> each.revoked() == null).toList();
    }

    /** {@return the newest certificate of a name} */
    Optional<IssuedCertificate> newest(String name) {
        return certificates.stream().filter(each -> each.name().equals(name)).reduce((older, newer) -> newer);
    }
}
