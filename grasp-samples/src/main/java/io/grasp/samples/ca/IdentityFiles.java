package io.grasp.samples.ca;

import java.nio.file.Path;

/**
 * The files of a node in a directory of its own, as the authority writes them.
 *
 * @param directory the directory
 */
public record IdentityFiles(Path directory) {
    /** {@return the certificate chain of the node, its own certificate first, in PEM} */
    public Path certificate() {
        return directory.resolve("certificate.pem");
    }

    /** {@return the private key of the node, in PKCS#8, perhaps encrypted, in PEM} */
    public Path key() {
        return directory.resolve("key.pem");
    }

    /** {@return the trust anchors of the domain, in PEM} */
    public Path anchors() {
        return directory.resolve("anchors.pem");
    }
}
