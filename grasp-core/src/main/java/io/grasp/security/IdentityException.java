package io.grasp.security;

import java.util.List;

/** A node's certificate, key or trust anchors are not there or cannot be read, so that there is no identity at all. */
public final class IdentityException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<IdentityFinding> findings;

    IdentityException(List<IdentityFinding> findings) {
        super(findings.stream()
                .map(IdentityFinding::sentence)
                .reduce((a, b) -> a + "; " + b)
                .orElse(""));
        this.findings = List.copyOf(findings);
    }

    /** {@return what is wrong, in the order of the checks} */
    public List<IdentityFinding> findings() {
        return findings;
    }
}
