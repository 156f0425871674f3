package io.grasp.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.InstanceOfAssertFactories.list;

import io.grasp.model.IdentityStatus;
import io.grasp.model.IdentityStatus.Expiry;
import io.grasp.security.IdentityFinding.Check;
import io.grasp.substrate.netty.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node's own identity: its files, what is found wrong with it, and how it changes at run time. */
@Timeout(30)
class IdentityFilesTest {
    private static final TestAuthority AUTHORITY = TestAuthority.create("authority of example.com");
    private static final Instant NOW = Instant.now();
    private static final String SECRET = "correct horse";

    @TempDir
    Path directory;

    private Path chain;
    private Path key;
    private Path anchors;

    @BeforeEach
    void names() {
        chain = directory.resolve("chain.pem");
        key = directory.resolve("key.pem");
        anchors = directory.resolve("anchors.pem");
    }

    private IdentityConfig pem() {
        return IdentityConfig.pem(chain, key, anchors).withReloadInterval(Duration.ofHours(1));
    }

    private static Supplier<char[]> password(String text) {
        return text::toCharArray;
    }

    private static String name(Identity identity) {
        return String.valueOf(identity.status().nodeName());
    }

    @Test
    void readsPem() throws Exception {
        AUTHORITY.intermediate("one").issue("+gray@example.com").writePem(directory);
        try (Identity identity = Identity.open(pem())) {
            assertThat(identity.status().good()).isTrue();
            assertThat(identity.status().detail()).isEmpty();
            assertThat(identity.status().expiry()).isEqualTo(Expiry.FAR);
            assertThat(identity.findings()).isEmpty();
            assertThat(name(identity)).isEqualTo("+gray@example.com");
        }
    }

    @Test
    void readsSeveralTrustAnchorsInOneFileAndInSeveral() throws Exception {
        TestAuthority second = TestAuthority.create("second");
        TestAuthority third = TestAuthority.create("third");
        AUTHORITY.issue("+gray@example.com").writePem(directory);
        Path more = directory.resolve("more.pem");
        Files.writeString(
                more,
                "Text between certificates is ignored.\n"
                        + TestMember.pem(List.of(second.certificate(), third.certificate())));
        try (Identity identity = Identity.open(IdentityConfig.pem(chain, key, anchors, more))) {
            assertThat(identity.check(second.issue("+bob@example.com").chain())).isNotNull();
            assertThat(identity.check(third.issue("+eve@example.com").chain())).isNotNull();
        }
    }

    /** PBES1. */
    private static String oldEncryption(TestMember member) throws GeneralSecurityException, IOException {
        Cipher cipher = Cipher.getInstance("PBEWithMD5AndDES");
        cipher.init(
                Cipher.ENCRYPT_MODE,
                SecretKeyFactory.getInstance("PBEWithMD5AndDES").generateSecret(new PBEKeySpec(SECRET.toCharArray())),
                new PBEParameterSpec(new byte[8], 1000));
        byte[] encrypted = cipher.doFinal(member.key().getEncoded());
        return TestMember.pem(
                "ENCRYPTED PRIVATE KEY", new EncryptedPrivateKeyInfo(cipher.getParameters(), encrypted).getEncoded());
    }

    @Test
    void readsEncryptedKeys() throws Exception {
        for (TestKeys type : List.of(TestKeys.EC_P256, TestKeys.RSA_2048)) {
            TestMember member =
                    AUTHORITY.request().nodeName("+gray@example.com").key(type).issue();
            member.writePem(directory);
            Files.writeString(key, member.encryptedKey(SECRET));
            try (Identity identity = Identity.open(pem().withKeyPassword(password(SECRET)))) {
                assertThat(identity.status().good()).isTrue();
            }
        }
        assertUnusable(pem(), "no password was given");
        assertUnusable(pem().withKeyPassword(password("wrong")), "the password is wrong");
        Files.writeString(key, oldEncryption(AUTHORITY.issue("+gray@example.com")));
        assertUnusable(
                pem().withKeyPassword(password(SECRET)),
                "is encrypted with PBEWithMD5AndDES, not by PBES2 with AES: encrypt it again");
        Files.writeString(key, AUTHORITY.issue("+gray@example.com").encryptedKey(SECRET));
        assertUnusable(pem().withKeyPassword(() -> null), "has none");
        assertUnusable(
                pem().withKeyPassword(() -> {
                    throw new IllegalStateException(SECRET);
                }),
                "the supplier of the password has failed: java.lang.IllegalStateException");
    }

    /** For example a password in another language, or one from a file, with the end of its line. */
    @Test
    void aPasswordThatTheJdkCannotUseIsReportedInWords() throws Exception {
        TestMember member = AUTHORITY.issue("+gray@example.com");
        member.writePem(directory);
        Path store = directory.resolve("store.p12");
        member.writePkcs12(store, SECRET);
        for (String secret : List.of("pässword", SECRET + "\n")) {
            Files.writeString(key, member.encryptedKey(secret));
            Throwable failure = catchThrowable(
                    () -> Identity.open(pem().withKeyPassword(password(secret))).close());
            if (failure != null || Runtime.version().feature() == 17) { // later ones can use some of these
                assertThat(failure)
                        .isInstanceOf(IdentityException.class)
                        .hasMessageContaining("other characters than printable ASCII")
                        .hasMessageContaining("openssl pkcs8 -topk8")
                        .hasMessageNotContaining(secret);
            }
        }
        assertUnusable(pem().withKeyPassword(password("wrong")), "cannot be decrypted: the password is wrong");
        assertUnusable(IdentityConfig.pkcs12(store, password(SECRET + "\n")), "other characters than printable ASCII");
    }

    @Test
    void readsPkcs12() throws Exception {
        TestMember member = AUTHORITY.intermediate("one").issue("+gray@example.com");
        Path store = directory.resolve("store.p12");
        member.writePkcs12(store, SECRET);
        IdentityConfig config = IdentityConfig.pkcs12(store, password(SECRET));
        try (Identity identity = Identity.open(config)) {
            assertThat(identity.status().good()).isTrue();
            assertThat(identity.check(AUTHORITY.issue("+bob@example.com").chain()))
                    .isNotNull();
        }
        Files.writeString(
                anchors, TestMember.pem(List.of(TestAuthority.create("second").certificate())));
        try (Identity identity = Identity.open(config.withAnchors(anchors))) {
            assertThat(identity.anchors()).hasSize(2);
        }
        TestMember issued = AUTHORITY.issue("+gray@example.com");
        TestMember withRoot =
                new TestMember(List.of(issued.certificate(), issued.anchor()), issued.key(), issued.anchor());
        withRoot.writePkcs12(store, SECRET, List.of());
        for (IdentityConfig each : List.of(config, config.withAnchors(anchors))) {
            try (Identity identity = Identity.open(each)) {
                assertThat(identity.findings()).isEmpty();
                assertThat(identity.anchors()).hasSize(each == config ? 1 : 2).contains(withRoot.anchor());
            }
        }
        assertUnusable(IdentityConfig.pkcs12(store, password("wrong")), "the password is wrong");
        assertThat(config.toString()).contains("store.p12").doesNotContain(SECRET);
    }

    private static void assertUnusable(IdentityConfig config, String words) {
        assertThatThrownBy(() -> Identity.open(config).close())
                .isInstanceOf(IdentityException.class)
                .hasMessageContaining(words)
                .hasMessageNotContaining(SECRET)
                .extracting(thrown -> ((IdentityException) thrown).findings(), list(IdentityFinding.class))
                .extracting(IdentityFinding::check)
                .containsExactly(Check.MATERIAL);
    }

    @Test
    void unusableFilesAreReportedInWords() throws Exception {
        AUTHORITY.issue("+gray@example.com").writePem(directory);
        String certificate = Files.readString(chain);
        String good = Files.readString(key);

        Files.delete(anchors);
        assertUnusable(pem(), "anchors.pem does not exist: create it");
        assertUnusable(IdentityConfig.pem(chain, key), "no trust anchor is configured");
        Files.writeString(anchors, certificate);
        Files.writeString(chain, certificate.substring(0, 200));
        assertUnusable(pem(), "chain.pem is cut off after BEGIN CERTIFICATE");
        Files.writeString(chain, certificate.replace('M', '%'));
        assertUnusable(pem(), "chain.pem is not Base64: write the file again");
        Files.writeString(chain, certificate.replace("MII", "MIJ"));
        assertUnusable(pem(), "chain.pem cannot be read");
        Files.writeString(chain, deepCertificate());
        assertUnusable(pem(), "chain.pem cannot be read");
        Files.writeString(chain, "nothing");
        assertUnusable(pem(), "has no certificate in PEM");
        Files.writeString(chain, certificate);
        Files.writeString(
                key, good.replace("BEGIN PRIVATE", "BEGIN EC PRIVATE").replace("END PRIVATE", "END EC PRIVATE"));
        assertUnusable(pem(), "convert it with openssl pkcs8 -topk8");
        Files.writeString(
                key,
                "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,0011\n\n"
                        + "MHcCAQEEIA==\n-----END RSA PRIVATE KEY-----\n");
        assertUnusable(pem(), "in the form \"RSA PRIVATE KEY\": convert it with openssl pkcs8 -topk8");
        Files.writeString(key, TestMember.pem("PRIVATE KEY", new byte[100]));
        assertUnusable(pem(), "neither an RSA nor an EC key");
        Files.writeString(key, certificate);
        assertUnusable(pem(), "has no key in PEM");
        Files.write(key, new byte[(1 << 20) + 1]);
        assertUnusable(pem(), "more than 1048576 bytes");
        Files.delete(key);
        Files.createDirectory(key);
        assertUnusable(pem(), "cannot be read");
    }

    private static String deepCertificate() {
        return TestMember.pem("CERTIFICATE", HostileDer.deepCertificate(AUTHORITY.certificate()));
    }

    /** RFC 8994 section 9.1. */
    @Test
    void findingsAreInTheOrderOfTheirDependence() throws Exception {
        TestMember weak =
                AUTHORITY.request().key(TestKeys.RSA_1024).nodeName("bad name").issue();
        TestMember other = AUTHORITY.issue("+gray@example.com");
        weak.writePem(directory);
        Files.writeString(key, TestMember.pem("PRIVATE KEY", other.key().getEncoded()));
        MutableClock clock = new MutableClock(Instant.EPOCH);
        try (Identity identity = Identity.open(pem().withClock(clock))) {
            assertThat(identity.findings())
                    .extracting(IdentityFinding::check)
                    .containsExactly(Check.CLOCK, Check.KEY, Check.NODE_NAME, Check.STRENGTH);
            assertThat(identity.status().good()).isFalse();
            assertThat(identity.status().detail())
                    .isEqualTo("this node's clock says 1970-01-01T00:00:00Z, which is long ago: set the clock");
            assertThat(identity.status().nodeName()).isNull();
        }
        TestAuthority.create("another").issue("+gray@example.com").writePem(directory);
        Files.writeString(anchors, TestMember.pem(List.of(AUTHORITY.anchor())));
        try (Identity identity = Identity.open(pem())) {
            assertThat(identity.findings()).extracting(IdentityFinding::check).containsExactly(Check.VALIDITY);
            assertThat(identity.status().detail()).contains("no path leads");
        }
    }

    /** RFC 8994 section 6.2.1. The key belongs to the certificate, but the JDK has no signature algorithm for it. */
    @Test
    void aKeyThatCannotBeUsedIsNotReportedAsTheKeyOfAnotherCertificate() throws Exception {
        Map<KeyPair, String> unusable = Map.of(
                TestKeys.EC_P224.generate("member"), "an EC key of 224 bits",
                KeyPairGenerator.getInstance("Ed25519").generateKeyPair(), "a key of type EdDSA",
                KeyPairGenerator.getInstance("RSASSA-PSS").generateKeyPair(), "a key of type RSASSA-PSS");
        for (Map.Entry<KeyPair, String> each : unusable.entrySet()) {
            TestMember member = AUTHORITY
                    .request()
                    .nodeName("+gray@example.com")
                    .key(each.getKey())
                    .issue();
            Path store = directory.resolve("unusable.p12");
            member.writePkcs12(store, SECRET);
            try (Identity identity = Identity.open(IdentityConfig.pkcs12(store, password(SECRET)))) {
                assertThat(identity.status().detail())
                        .contains("the certificate of +gray@example.com has " + each.getValue())
                        .contains("cannot sign with such a key: request a certificate with an EC key (P-256")
                        .doesNotContain("does not belong");
            }
        }
    }

    @Test
    void aKeyOfAnotherKindDoesNotBelongToTheCertificate() throws Exception {
        AUTHORITY.issue("+gray@example.com").writePem(directory);
        for (TestKeys kind : List.of(TestKeys.RSA_2048, TestKeys.EC_P384)) {
            byte[] other = kind.generate("other").getPrivate().getEncoded();
            Files.writeString(key, TestMember.pem("PRIVATE KEY", other));
            try (Identity identity = Identity.open(pem())) {
                assertThat(identity.status().detail()).contains("the key does not belong to the certificate");
            }
        }
    }

    @Test
    void expiryIsAnnouncedAndEndsTheIdentity() throws Exception {
        AUTHORITY
                .request()
                .nodeName("+gray@example.com")
                .validity(NOW, NOW.plus(Duration.ofHours(100)))
                .issue()
                .writePem(directory);
        MutableClock clock = new MutableClock(NOW.plusSeconds(60));
        List<Expiry> seen = new ArrayList<>();
        try (Identity identity = Identity.open(pem().withClock(clock))) {
            identity.onChange(() -> seen.add(identity.status().expiry()));
            identity.lookNow();
            assertThat(seen).isEmpty();
            clock.advance(Duration.ofHours(50));
            identity.lookNow();
            assertThat(identity.status().detail())
                    .startsWith("the certificate expires at ")
                    .endsWith(": renew it");
            clock.advance(Duration.ofHours(40));
            identity.lookNow();
            identity.lookNow();
            assertThat(identity.status().good()).isTrue();
            clock.advance(Duration.ofHours(10));
            identity.lookNow();
            assertThat(identity.status().good()).isFalse();
            assertThat(identity.status().detail()).contains("has expired at").contains("renew it");
            assertThat(seen).containsExactly(Expiry.RENEW, Expiry.SOON, Expiry.EXPIRED);

            Instant later = clock.instant();
            AUTHORITY
                    .request()
                    .nodeName("+gray@example.com")
                    .validity(later.minusSeconds(1), later.plusSeconds(3600))
                    .issue()
                    .writePem(directory);
            identity.lookNow();
            assertThat(identity.status().good()).isTrue();
            assertThat(seen).endsWith(Expiry.FAR);
        }
    }

    /** So that connections with it can be ended (RFC 8994 section 6.8.2). */
    @Test
    void theExpiryOfAPeerIsNotifiedOnce() throws Exception {
        AUTHORITY.issue("+gray@example.com").writePem(directory);
        List<X509Certificate> peer = AUTHORITY
                .request()
                .nodeName("+bob@example.com")
                .validity(NOW.minusSeconds(60), NOW.plusSeconds(60))
                .issue()
                .chain();
        MutableClock clock = new MutableClock(NOW);
        AtomicInteger changes = new AtomicInteger();
        try (Identity identity = Identity.open(pem().withClock(clock))) {
            identity.onChange(changes::incrementAndGet);
            identity.check(peer);
            identity.lookNow();
            assertThat(changes).hasValue(0);
            clock.advance(Duration.ofSeconds(61));
            identity.lookNow();
            identity.lookNow();
            assertThat(changes).hasValue(1);
            assertThatThrownBy(() -> identity.check(peer)).hasMessageContaining("has expired at");
        }
    }

    /** Nothing else looks at the clock then. */
    @Test
    void theNextLookComesWhenTimeChangesTheStatus() throws Exception {
        Instant begin = NOW.truncatedTo(ChronoUnit.SECONDS);
        AUTHORITY
                .request()
                .nodeName("+gray@example.com")
                .validity(begin, begin.plus(Duration.ofHours(10)))
                .issue()
                .writePem(directory);
        List<X509Certificate> peer = AUTHORITY
                .request()
                .nodeName("+bob@example.com")
                .validity(begin, begin.plus(Duration.ofHours(2)))
                .issue()
                .chain();
        MutableClock clock = new MutableClock(begin);
        try (Identity identity = Identity.open(pem().withClock(clock))) {
            for (int hour : List.of(0, 5, 9, 10)) { // the beginning, the half, the last tenth, the end
                clock.set(begin.plus(Duration.ofHours(hour)).minusSeconds(60));
                assertThat(identity.untilNextLook()).as("hour %d", hour).isEqualTo(60_001);
            }
            clock.set(begin.plus(Duration.ofHours(2)).minusSeconds(60));
            assertThat(identity.untilNextLook()).isEqualTo(3_600_000);
            identity.check(peer);
            assertThat(identity.untilNextLook()).isEqualTo(60_001);
        }
    }

    /** What the node's certificate depends on may end before it. */
    @Test
    void anIdentityEndsWithTheFirstCertificateOfItsPath() throws Exception {
        TestMember member = AUTHORITY
                .intermediate("one")
                .request()
                .nodeName("+gray@example.com")
                .validity(NOW, NOW.plus(Duration.ofDays(500)))
                .issue();
        member.writePem(directory);
        Instant first = member.chain().get(1).getNotAfter().toInstant();
        MutableClock clock = new MutableClock(first);
        try (Identity identity = Identity.open(pem().withClock(clock))) {
            assertThat(identity.status().notAfter()).isEqualTo(first);
            assertThat(identity.check(member.chain()).nodeName()).hasToString("+gray@example.com");
            clock.advance(Duration.ofSeconds(1));
            assertThat(identity.status().expiry()).isEqualTo(Expiry.EXPIRED);
            assertThatThrownBy(() -> identity.check(member.chain()))
                    .hasMessageContaining("the certificate of \"CN=one\" has expired at");
        }
    }

    @Test
    void expiryIsNoticedByATimer() throws Exception {
        Instant end = NOW.truncatedTo(ChronoUnit.SECONDS).plusSeconds(3600);
        AUTHORITY
                .request()
                .nodeName("+gray@example.com")
                .validity(end.minusSeconds(3600), end)
                .issue()
                .writePem(directory);
        CountDownLatch ended = new CountDownLatch(1);
        Clock aSecondEarlier = Clock.offset(Clock.systemUTC(), Duration.between(Instant.now(), end.minusSeconds(1)));
        try (Identity identity = Identity.open(pem().withClock(aSecondEarlier))) {
            identity.onChange(ended::countDown);
            assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(identity.status().expiry()).isEqualTo(Expiry.EXPIRED);
        }
    }

    @Test
    void newFilesAreTakenWithoutARestart() throws Exception {
        AUTHORITY.issue("+old@example.com").writePem(directory);
        CountDownLatch changed = new CountDownLatch(1);
        try (Identity identity = Identity.open(pem().withReloadInterval(Duration.ofMillis(100)))) {
            identity.onChange(changed::countDown);
            Path fresh = directory.resolve("fresh");
            AUTHORITY.issue("+new@example.com").writePem(fresh);
            for (String file : List.of("chain.pem", "key.pem")) {
                Files.move(fresh.resolve(file), directory.resolve(file), StandardCopyOption.ATOMIC_MOVE);
            }
            assertThat(changed.await(10, TimeUnit.SECONDS)).isTrue();
            Await.until("both new files", () -> name(identity).equals("+new@example.com"));
            assertThat(identity.status().detail()).isEmpty();
        }
    }

    @Test
    void brokenHalfWrittenAndWorseFilesKeepTheOldOnes() throws Exception {
        TestMember old = AUTHORITY.issue("+old@example.com");
        old.writePem(directory);
        AtomicInteger changes = new AtomicInteger();
        try (Identity identity = Identity.open(pem())) {
            identity.onChange(changes::incrementAndGet);
            TestMember fresh = AUTHORITY.issue("+new@example.com");

            Files.writeString(chain, "rubbish");
            assertKept(identity, "no certificate in PEM");
            Files.writeString(chain, TestMember.pem(fresh.chain()).substring(0, 100));
            assertKept(identity, "is cut off");
            Files.writeString(chain, TestMember.pem(fresh.chain())); // its key is not there yet
            assertKept(identity, "the key does not belong to the certificate of +new@example.com");
            Files.writeString(anchors, deepCertificate());
            assertKept(identity, "anchors.pem cannot be read");
            Files.delete(anchors);
            assertKept(identity, "anchors.pem does not exist");
            AUTHORITY
                    .request()
                    .nodeName("+new@example.com")
                    .validity(NOW.minusSeconds(7200), NOW.minusSeconds(3600))
                    .issue()
                    .writePem(directory);
            assertKept(identity, "has expired at");
            assertThat(changes).hasValue(6);

            fresh.writePem(directory);
            identity.lookNow();
            assertThat(name(identity)).isEqualTo("+new@example.com");
            assertThat(identity.status().detail()).isEmpty();
            assertThat(changes).hasValue(7);
        }
    }

    @Test
    void filesThatAreNoBetterReplaceThoseThatAreNotGood() throws Exception {
        for (String name : List.of("+old@example.com", "+new@example.com")) {
            AUTHORITY
                    .request()
                    .nodeName(name)
                    .validity(NOW.minusSeconds(7200), NOW.minusSeconds(3600))
                    .issue()
                    .writePem(directory.resolve(name));
        }
        for (String file : List.of("chain.pem", "key.pem", "anchors.pem")) {
            Files.copy(directory.resolve("+old@example.com").resolve(file), directory.resolve(file));
        }
        try (Identity identity = Identity.open(pem())) {
            assertThat(name(identity)).isEqualTo("+old@example.com");
            for (String file : List.of("chain.pem", "key.pem", "anchors.pem")) {
                Files.copy(
                        directory.resolve("+new@example.com").resolve(file),
                        directory.resolve(file),
                        StandardCopyOption.REPLACE_EXISTING);
            }
            identity.lookNow();
            assertThat(name(identity)).isEqualTo("+new@example.com");
            assertThat(identity.status().detail()).contains("has expired at").doesNotContain("not taken");
        }
    }

    /** Though its sentence names the time. */
    @Test
    void aProblemThatLastsIsOneChange() throws Exception {
        AUTHORITY.issue("+old@example.com").writePem(directory);
        MutableClock clock = new MutableClock(NOW);
        AtomicInteger changes = new AtomicInteger();
        try (Identity identity = Identity.open(pem().withClock(clock))) {
            identity.onChange(changes::incrementAndGet);
            Path expired = directory.resolve("expired");
            AUTHORITY
                    .request()
                    .nodeName("+old@example.com")
                    .validity(NOW.minusSeconds(7200), NOW.minusSeconds(3600))
                    .issue()
                    .writePem(expired);
            for (String file : List.of("chain.pem", "key.pem")) {
                Files.move(expired.resolve(file), directory.resolve(file), StandardCopyOption.REPLACE_EXISTING);
            }
            identity.lookNow();
            IdentityStatus kept = identity.status();
            assertThat(kept.detail()).contains("were not taken").contains("clock says " + NOW);
            clock.advance(Duration.ofSeconds(10));
            identity.lookNow();
            assertThat(identity.status()).isEqualTo(kept);
            assertThat(changes).hasValue(1);

            clock.advance(Duration.ofDays(365 * 20));
            identity.lookNow();
            IdentityStatus ended = identity.status();
            assertThat(ended.good()).isFalse();
            clock.advance(Duration.ofSeconds(10));
            identity.lookNow();
            assertThat(identity.status()).isEqualTo(ended);
            assertThat(changes).hasValue(2);
        }
    }

    private static void assertKept(Identity identity, String words) throws Exception {
        identity.lookNow();
        assertThat(identity.status().good()).isTrue();
        assertThat(identity.status().stale()).isTrue();
        assertThat(name(identity)).isEqualTo("+old@example.com");
        assertThat(identity.status().detail())
                .startsWith("the files have changed but were not taken, and the earlier ones stay in use: ")
                .contains(words);
        identity.newEngine(TlsRole.CLIENT, List.of("grasp"));
    }

    /** New handshakes use the new certificate, those under way the one that they began with. */
    @Test
    void aSwapDuringAHandshakeMixesNothing() throws Exception {
        KeyPair otherKind = TestKeys.RSA_2048.generate("member");
        AUTHORITY.issue("+old@example.com").writePem(directory);
        TestPeer peer = TestPeer.with(AUTHORITY.issue("+peer@example.com"));
        try (Identity identity = Identity.open(pem())) {
            TlsPair began = new TlsPair(
                    peer.newEngine(TlsRole.CLIENT, "TLSv1.3"), identity.newEngine(TlsRole.SERVER, List.of("grasp")));
            AUTHORITY
                    .request()
                    .nodeName("+new@example.com")
                    .key(otherKind)
                    .issue()
                    .writePem(directory);
            identity.lookNow();
            TlsPair next = new TlsPair(
                    peer.newEngine(TlsRole.CLIENT, "TLSv1.3"), identity.newEngine(TlsRole.SERVER, List.of("grasp")));

            assertThat(identity.check(peerChain(began)))
                    .extracting(found -> found.nodeName().toString())
                    .isEqualTo("+old@example.com");
            assertThat(identity.check(peerChain(next)))
                    .extracting(found -> found.nodeName().toString())
                    .isEqualTo("+new@example.com");
        }
    }

    private static List<X509Certificate> peerChain(TlsPair pair) throws IOException {
        pair.handshake();
        assertThat(pair.server.isEstablished()).isTrue();
        return Arrays.stream(pair.client.engine.getSession().getPeerCertificates())
                .map(X509Certificate.class::cast)
                .toList();
    }

    @Test
    void aListenerThatFailsDoesNotKeepOthersFromBeingNotified() throws Exception {
        AUTHORITY.issue("+old@example.com").writePem(directory);
        AtomicInteger changes = new AtomicInteger();
        AtomicInteger failures = new AtomicInteger();
        try (Identity identity = Identity.open(pem())) {
            identity.onChange(() -> {
                Thread.currentThread().setUncaughtExceptionHandler((thread, thrown) -> failures.incrementAndGet());
                throw new IllegalStateException("a listener's own failure");
            });
            AutoCloseable removed = identity.onChange(changes::incrementAndGet);
            AUTHORITY.issue("+new@example.com").writePem(directory);
            identity.lookNow();
            assertThat(changes).hasValue(1);
            assertThat(failures).hasValue(1);
            removed.close();
            AUTHORITY.issue("+newer@example.com").writePem(directory);
            identity.lookNow();
            assertThat(changes).hasValue(1);
            assertThat(name(identity)).isEqualTo("+newer@example.com");
        }
    }

    /** Whatever is thrown while the worker looks at the files and the clock, it looks again. */
    @Test
    void aClockThatFailsDoesNotEndTheLooksAtTheFiles() throws Exception {
        AUTHORITY.issue("+old@example.com").writePem(directory);
        AtomicInteger failures = new AtomicInteger();
        AtomicBoolean fails = new AtomicBoolean();
        MutableClock clock = new MutableClock(NOW) {
            @Override
            public Instant instant() {
                Thread thread = Thread.currentThread();
                if (fails.get() && thread.getName().equals("grasp-identity")) {
                    thread.setUncaughtExceptionHandler((same, reported) -> failures.incrementAndGet());
                    throw new IllegalStateException("no time");
                }
                return super.instant();
            }
        };
        try (Identity identity = Identity.open(pem().withClock(clock).withReloadInterval(Duration.ofMillis(100)))) {
            CountDownLatch changed = new CountDownLatch(1);
            identity.onChange(changed::countDown);
            fails.set(true);
            Await.until("more looks that fail", () -> failures.get() >= 4);
            fails.set(false);
            AUTHORITY.issue("+new@example.com").writePem(directory);
            assertThat(changed.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void nothingPrintsAPassword() throws Exception {
        TestMember member = AUTHORITY.issue("+gray@example.com");
        member.writePem(directory);
        IdentityConfig config = pem().withKeyPassword(password(SECRET));
        try (Identity identity = Identity.open(config)) {
            for (Object each : List.of(config, config.source(), identity, identity.status())) {
                assertThat(each.toString()).doesNotContain(SECRET).doesNotContain("Lambda");
            }
        }
    }

    @Test
    void settingsAreChecked() {
        TestMember member = AUTHORITY.issue("+gray@example.com");
        IdentityConfig given = IdentityConfig.of(member.chain(), member.key(), List.of(member.anchor()));
        assertThatThrownBy(() -> given.withAnchors(anchors)).isInstanceOf(IllegalStateException.class);
        for (Duration wrong : List.of(Duration.ofNanos(-1), Duration.ofSeconds(Long.MAX_VALUE))) {
            assertThatThrownBy(() -> given.withReloadInterval(wrong)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> given.withRevocationRefresh(wrong)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> given.withRevocationTimeout(wrong)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> given.withRevocationWait(wrong)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> given.withMaxRevocationBytes(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> IdentityConfig.of(List.of(), member.key(), List.of(member.anchor())))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
