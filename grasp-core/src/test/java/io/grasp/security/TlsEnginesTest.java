package io.grasp.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Handshakes of our TLS engines with each other: what RFC 8994 section 6.1 permits, and always the whole check. */
class TlsEnginesTest {
    private static final TestAuthority AUTHORITY = TestAuthority.create("authority of example.com");

    private static Identity identity(TestMember member) throws IdentityException {
        return Identity.open(IdentityConfig.of(member.chain(), member.key(), List.of(member.anchor())));
    }

    @Test
    void membersAcceptEachOther() throws Exception {
        try (Identity gray = identity(AUTHORITY.issue("+gray@example.com"));
                Identity briggs = identity(AUTHORITY.issue("+briggs@example.com"))) {
            TlsPair pair = new TlsPair(
                            gray.newEngine(TlsRole.CLIENT, List.of("grasp-mux", "grasp")),
                            briggs.newEngine(TlsRole.SERVER, List.of("grasp")))
                    .handshake();

            assertThat(pair.client.failure).isNull();
            assertThat(pair.server.failure).isNull();
            assertThat(pair.server.isEstablished()).isTrue();
            assertThat(pair.client.engine.getSession().getCipherSuite()).isEqualTo("TLS_AES_256_GCM_SHA384");
            assertThat(pair.client.engine.getApplicationProtocol()).isEqualTo("grasp");
            pair.write(pair.client, "hello");
            pair.write(pair.server, "you too");
            assertThat(pair.server.received()).isEqualTo("hello");
            assertThat(pair.client.received()).isEqualTo("you too");
        }
    }
}
