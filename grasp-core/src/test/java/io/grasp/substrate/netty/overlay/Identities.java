package io.grasp.substrate.netty.overlay;

import io.grasp.security.Identity;
import io.grasp.security.IdentityConfig;
import io.grasp.security.IdentityException;
import io.grasp.security.TestAuthority;
import io.grasp.security.TestMember;
import java.util.List;

/** Identities of one domain for tests. */
public final class Identities {
    public static final String DOMAIN = "example.com";

    private final TestAuthority authority = TestAuthority.create("authority of tests");

    /** {@return the authority of the domain} */
    public TestAuthority authority() {
        return authority;
    }

    /** {@return the identity of a new member; the test closes it} */
    public Identity open(String subdomain) {
        return open(authority.issue(name(subdomain)));
    }

    public static String name(String subdomain) {
        return "+" + subdomain + "@" + DOMAIN;
    }

    /** {@return an identity with the certificate and key of a member; the test closes it} */
    public static Identity open(TestMember member) {
        try {
            return Identity.open(IdentityConfig.of(member.chain(), member.key(), List.of(member.anchor())));
        } catch (IdentityException e) {
            throw new IllegalStateException(e);
        }
    }
}
