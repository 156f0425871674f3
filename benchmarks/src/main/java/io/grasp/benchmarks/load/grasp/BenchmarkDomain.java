package io.grasp.benchmarks.load.grasp;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * A certificate authority for one run, with keys on P-256. It writes DER itself: the JDK has no API that makes
 * certificates, and a library for a few fields is not worth its size in the jar.
 */
public final class BenchmarkDomain {
    /** Supplies the password of the files. The keys are worth nothing after the run. */
    public static final Supplier<char[]> PASSWORD = "benchmarks"::toCharArray;

    private static final Duration VALIDITY = Duration.ofDays(1);

    private static final int BOOLEAN = 0x01;
    private static final int INTEGER = 0x02;
    private static final int BIT_STRING = 0x03;
    private static final int OCTET_STRING = 0x04;
    private static final int OBJECT_IDENTIFIER = 0x06;
    private static final int UTF8_STRING = 0x0C;
    private static final int IA5_STRING = 0x16;
    private static final int UTC_TIME = 0x17;
    private static final int SEQUENCE = 0x30;
    private static final int SET = 0x31;
    private static final int CONTEXT_0 = 0xA0;
    private static final int CONTEXT_3 = 0xA3;
    private static final int LONG_FORM = 0x80;

    private static final String ECDSA_WITH_SHA256 = "2A8648CE3D040302";
    private static final String COMMON_NAME = "550403";
    private static final String BASIC_CONSTRAINTS = "551D13";
    private static final String SUBJECT_ALT_NAME = "551D11";
    private static final String ACP_NODE_NAME = "2B0601050507080A"; // RFC 8994 section 6.2.2

    private final String name;
    private final KeyPair keys = generate();
    private final Certificate certificate;
    private int serial;

    /** @param name the name of the domain */
    public BenchmarkDomain(String name) {
        this.name = name;
        this.certificate = sign(name, keys.getPublic(), extension(BASIC_CONSTRAINTS, tlv(BOOLEAN, new byte[] {-1})));
    }

    /**
     * Writes a PKCS#12 file with a new key, a certificate for it, and the authority's.
     *
     * @param number the number of the member, which makes its node name unique
     */
    public void issue(Path file, int number) throws IOException {
        KeyPair member = generate();
        String nodeName = String.format(Locale.ROOT, "fd89b714f3db000002000000%08x@%s", number, name);
        byte[] otherName =
                join(tlv(OBJECT_IDENTIFIER, hex(ACP_NODE_NAME)), tlv(CONTEXT_0, tlv(IA5_STRING, ascii(nodeName))));
        Certificate leaf =
                sign("member " + number, member.getPublic(), extension(SUBJECT_ALT_NAME, tlv(CONTEXT_0, otherName)));
        try (OutputStream out = Files.newOutputStream(file)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            PrivateKey key = member.getPrivate();
            store.setKeyEntry("node", key, PASSWORD.get(), new Certificate[] {leaf, certificate});
            store.store(out, PASSWORD.get());
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private static KeyPair generate() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every JDK has P-256", e);
        }
    }

    /** RFC 5280 section 4.1. */
    private Certificate sign(String subject, PublicKey key, byte[] extension) {
        serial++;
        Instant now = Instant.now();
        byte[] algorithm = sequence(tlv(OBJECT_IDENTIFIER, hex(ECDSA_WITH_SHA256)));
        byte[] content = sequence(
                tlv(CONTEXT_0, integer(2)),
                integer(serial),
                algorithm,
                commonName(name),
                sequence(time(now.minus(VALIDITY)), time(now.plus(VALIDITY))),
                commonName(subject),
                key.getEncoded(),
                tlv(CONTEXT_3, sequence(extension)));
        try {
            Signature signer = Signature.getInstance("SHA256withECDSA");
            signer.initSign(keys.getPrivate());
            signer.update(content);
            byte[] signed = sequence(content, algorithm, tlv(BIT_STRING, new byte[1], signer.sign()));
            return CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(signed));
        } catch (GeneralSecurityException e) {
            throw new AssertionError("the certificate is malformed", e);
        }
    }

    private static byte[] extension(String identifier, byte[] content) {
        return sequence(
                tlv(OBJECT_IDENTIFIER, hex(identifier)),
                tlv(BOOLEAN, new byte[] {-1}),
                tlv(OCTET_STRING, sequence(content)));
    }

    private static byte[] commonName(String text) {
        return sequence(tlv(SET, sequence(tlv(OBJECT_IDENTIFIER, hex(COMMON_NAME)), tlv(UTF8_STRING, ascii(text)))));
    }

    private static byte[] time(Instant time) {
        DateTimeFormatter format = DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'", Locale.ROOT);
        return tlv(UTC_TIME, ascii(format.format(time.atOffset(ZoneOffset.UTC))));
    }

    private static byte[] integer(int value) {
        return tlv(INTEGER, BigInteger.valueOf(value).toByteArray());
    }

    private static byte[] sequence(byte[]... parts) {
        return tlv(SEQUENCE, parts);
    }

    private static byte[] tlv(int tag, byte[]... parts) {
        byte[] content = join(parts);
        byte[] header;
        if (content.length < LONG_FORM) {
            header = new byte[] {(byte) tag, (byte) content.length};
        } else {
            header = new byte[] {
                (byte) tag, (byte) (LONG_FORM + 2), (byte) (content.length >> Byte.SIZE), (byte) content.length
            };
        }
        return join(header, content);
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
