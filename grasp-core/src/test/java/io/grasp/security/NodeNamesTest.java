package io.grasp.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateParsingException;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The otherName of an acp-node-name in DER (RFC 8994 section 6.2.2.1). */
class NodeNamesTest {
    private static final String NAME = "fd89b714f3db00000200000064000000+area51.research@acp.example.com";
    private static final String OTHER_NAME = "a04e" + "06082b0601050507080a" + "a042" + "1640" + hex(NAME);
    private static final byte[] GOLDEN = HexFormat.of().parseHex("0452" + "3050" + OTHER_NAME);

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void readsTheExampleOfTheRfc() throws Exception {
        assertThat(NodeNames.text(GOLDEN)).isEqualTo(NAME);
        assertThat(NodeNames.text(null)).isNull();
    }

    /** What the certificate holds, whichever form the JDK's own parser makes of it. */
    @Test
    void readsWhatBouncyCastleWrites() throws Exception {
        TestMember member = TestAuthority.create("root").issue(NAME);
        assertThat(member.certificate().getExtensionValue("2.5.29.17")).isEqualTo(GOLDEN);
        assertThat(NodeNames.read(member.certificate())).hasToString(NAME);
    }

    @Test
    void ignoresOtherNames() throws Exception {
        String dns = "8203" + hex("a.b");
        String upn = "a010" + "06082b0601050507080b" + "a004" + "1602" + hex("ab");
        assertThat(text("3005" + dns)).isNull();
        assertThat(text("3012" + upn)).isNull();
        assertThat(text("3067" + dns + upn + OTHER_NAME)).isEqualTo(NAME);
    }

    @Test
    void refusesMalformedNames() {
        assertThatThrownBy(() -> text("30" + hex("\u0001\u0002"))).isInstanceOf(CertificateParsingException.class);
        // as JDK 17 returns it: tagged twice
        assertThatThrownBy(() ->
                        text("3052" + "a050" + OTHER_NAME.substring(4, 24) + "a044" + "a042" + "1640" + hex(NAME)))
                .isInstanceOf(CertificateParsingException.class);
        assertThatThrownBy(() -> text("3012" + "a010" + "06082b0601050507080a" + "a002" + "1600" + "0500"))
                .isInstanceOf(CertificateParsingException.class);
        assertThatThrownBy(() -> text("30847fffffff")).isInstanceOf(CertificateParsingException.class);
        assertThatThrownBy(() -> text("3080")).isInstanceOf(CertificateParsingException.class);
        assertThatThrownBy(() -> text("3050" + OTHER_NAME.replace("1640", "16c0")))
                .isInstanceOf(CertificateParsingException.class);
        String last = hex(NAME.substring(NAME.length() - 1));
        assertThatThrownBy(() -> text("3050" + OTHER_NAME.substring(0, OTHER_NAME.length() - last.length()) + "ed"))
                .hasMessage("an IA5String that is not ASCII");
    }

    @Test
    void changedBytesAreReadOrRefused() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] changed = GOLDEN.clone();
            for (int j = random.nextInt(1, 4); j > 0; j--) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt();
            }
            try {
                NodeNames.text(changed);
            } catch (CertificateParsingException refused) {
                // as it should be
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + HexFormat.of().formatHex(changed), e);
            }
        }
    }

    private static String text(String names) throws CertificateParsingException {
        byte[] der = HexFormat.of().parseHex(names);
        return NodeNames.text(Der.element(Der.OCTET_STRING, der));
    }
}
