package com.example.bandwidth;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** The PEM files of a member of example.com, made with the JDK's keytool. */
final class Certificates {
    private static final String PASSWORD = "changeit";
    /** The subjectAltName with the acp-node-name {@code +gray@example.com} (RFC 8994 section 6.2.2), in DER. */
    private static final String NODE_NAME =
            "2.5.29.17=3021A01F06082B0601050507080AA01316112B67726179406578616D706C652E636F6D";

    private Certificates() {}

    /** Writes certificate.pem, key.pem and anchors.pem. */
    static void write(Path directory) throws Exception {
        Path store = directory.resolve("store.p12");
        keytool(store, "-alias ca -dname CN=authority -ext bc:c -ext KeyUsage=keyCertSign,cRLSign");
        keytool(store, "-alias gray -dname CN=gray -signer ca -ext " + NODE_NAME);
        KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
        Certificate[] chain = keys.getCertificateChain("gray");
        Key key = keys.getKey("gray", PASSWORD.toCharArray());
        pem(directory.resolve("certificate.pem"), "CERTIFICATE", chain[0].getEncoded());
        pem(directory.resolve("key.pem"), "PRIVATE KEY", key.getEncoded());
        pem(directory.resolve("anchors.pem"), "CERTIFICATE", chain[1].getEncoded());
    }

    private static void keytool(Path store, String certificate) throws Exception {
        Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        List<String> command = new ArrayList<>(List.of(keytool.toString(), "-genkeypair", "-keyalg", "EC"));
        command.addAll(List.of("-groupname", "secp256r1", "-keystore", store.toString(), "-storepass", PASSWORD));
        command.addAll(List.of(certificate.split(" ")));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        if (process.waitFor() != 0) {
            throw new IOException(output);
        }
    }

    private static void pem(Path file, String type, byte[] der) throws IOException {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        Files.writeString(file, "-----BEGIN " + type + "-----\n" + text + "\n-----END " + type + "-----\n");
    }
}
