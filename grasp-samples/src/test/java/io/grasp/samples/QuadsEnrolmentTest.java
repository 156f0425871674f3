package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.Move;
import io.grasp.cbor.CborException;
import io.grasp.cbor.CborItem;
import io.grasp.cbor.CborWriter;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.NegotiationOutcome.Declined;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.samples.quads.QuadsPledge;
import io.grasp.samples.quads.QuadsRegistrar;
import io.grasp.substrate.netty.quads.QuadsKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Pledges and registrars; some speak as graspy does. */
class QuadsEnrolmentTest {
    private static final QuadsKey KEY = QuadsKey.fromPassword("domain".toCharArray());
    private static final byte[] PASSWORD = "pässwörd".getBytes(StandardCharsets.UTF_8);
    private static final Duration LONG = Duration.ofMinutes(3);
    private static final Objective KEYS = Objective.negotiable("411:quadski").withLoopCount(4);
    private static final Objective PUBLIC_KEY =
            Objective.synchronizable("411:quadskip").withLoopCount(4);

    /** To make an RSA key takes long. */
    private static KeyPair ofPledge;

    private static KeyPair ofAnother;

    private final Town town = new Town();
    private final List<QuadsRegistrar.Request> requests = new ArrayList<>();
    private final List<QuadsKey> stored = new ArrayList<>();
    private final List<String> talk = new ArrayList<>();

    @BeforeAll
    static void makeKeys() throws GeneralSecurityException {
        ofPledge = newKeyPair(2048);
        ofAnother = newKeyPair(2048);
    }

    @AfterEach
    void close() {
        town.close();
    }

    private void registrar(Grasp node) {
        new QuadsRegistrar(KEY, PASSWORD, node.scheduler(), Schedulers.immediate(), talk::add, requests::add)
                .run(node, () -> talk.add("ready"))
                .subscribe();
    }

    private void registrar() {
        registrar(town.node());
    }

    private void enroll(byte[] password, QuadsPledge.Store store) {
        enroll(town.node(), password, store);
    }

    private void enroll(Grasp node, byte[] password, QuadsPledge.Store store) {
        town.await(new QuadsPledge(password, node.scheduler(), Schedulers.immediate(), talk::add)
                .enroll(node, LONG, store));
    }

    @Test
    void aPledgeWithThePasswordGetsTheKey() {
        registrar();
        enroll(PASSWORD, stored::add);
        assertThat(stored).singleElement().satisfies(key -> {
            assertThat(key.key()).isEqualTo(KEY.key());
            assertThat(key.iv()).isEqualTo(KEY.iv());
        });
        town.loop.runUntil(() -> !requests.isEmpty(), Duration.ofSeconds(1));
        assertThat(requests)
                .singleElement()
                .satisfies(request -> assertThat(request.enrolled()).isTrue());
    }

    @Test
    void aPledgeMayStartBeforeTheRegistrar() {
        Grasp later = town.node();
        later.scheduler().schedule(() -> registrar(later), 100, TimeUnit.SECONDS);
        enroll(PASSWORD, stored::add);
        assertThat(stored).hasSize(1);
    }

    @Test
    void aPledgeSaysThatItWaitsAndAShortTimeIsInMilliseconds() {
        Grasp node = town.node();
        QuadsPledge pledge = new QuadsPledge(PASSWORD, node.scheduler(), Schedulers.immediate(), talk::add);
        assertThatThrownBy(() -> town.await(pledge.enroll(node, Duration.ofMillis(25), stored::add)))
                .hasMessageContaining("Not enrolled within 25 ms");
        assertThat(talk).containsExactly("Waiting for a registrar, which floods its key once a minute");
    }

    @Test
    void aWrongPasswordIsRefusedAndNotTriedAgain() {
        registrar();
        assertThatThrownBy(() -> enroll("wrong".getBytes(StandardCharsets.UTF_8), stored::add))
                .hasMessageContaining("Incorrect password");
        assertThat(stored).isEmpty();
        assertThat(requests).extracting(QuadsRegistrar.Request::reason).containsExactly("Incorrect password");
    }

    @Test
    void aKeyThatCannotBeStoredIsDeclined() {
        registrar();
        assertThatThrownBy(() -> enroll(PASSWORD, key -> {
                    throw new IOException("disk full");
                }))
                .hasMessageContaining("Not enrolled within 180 s");
        assertThat(requests)
                .hasSizeGreaterThan(1)
                .allSatisfy(request -> assertThat(request.reason()).isEqualTo("The keys could not be stored"));
    }

    /** A request as graspy sends it, and others. */
    @Test
    void theRegistrarAnswersAsGraspyAndRefusesNonsense() throws Exception {
        registrar();
        Asa pledge = asa("qpledge", KEYS.withDryRun(true));
        Objective flooded =
                town.await(pledge.floods(PUBLIC_KEY.name()).next()).get(0).objective();
        assertThat(flooded.loopCount()).isEqualTo(4);
        byte[] pem = bytes(flooded.value());
        byte[] password = oaep(Cipher.ENCRYPT_MODE, read(pem), PASSWORD);

        List<Objective> offers = new ArrayList<>();
        NegotiationOutcome outcome = town.await(pledge.negotiate(
                        KEYS.withValue(list(password, pem(ofPledge.getPublic()))),
                        all -> all.doOnNext(offers::add).map(offer -> Move.accept())))
                .get(0);
        assertThat(outcome).isInstanceOf(NegotiationOutcome.Accepted.class);
        byte[] keys = oaep(
                Cipher.DECRYPT_MODE, ofPledge.getPrivate(), bytes(offers.get(0).value()));
        assertThat(keys).hasSize(52).startsWith(0x82, 0x58, 0x20);

        assertRefused(pledge, KEYS.withDryRun(true).withValue(list(password, pem)), "Dry run not supported");
        assertRefused(pledge, KEYS.withValue("keys, please"), "Invalid request");
        assertRefused(pledge, KEYS.withValue(list(new byte[256], pem)), "Invalid request");
        assertRefused(pledge, KEYS.withValue(list(password, new byte[10])), "Invalid request");
        assertRefused(pledge, KEYS.withValue(list(password, pem(newKeyPair(1024).getPublic()))), "Invalid request");
    }

    private void assertRefused(Asa pledge, Objective request, String reason) {
        NegotiationOutcome outcome =
                town.await(pledge.negotiate(request, offers -> Flux.never())).get(0);
        assertThat(outcome).isEqualTo(new Declined(reason, NegotiationOutcome.Side.PEER));
    }

    /** graspy wraps bytes in tag 24 if they begin with a CBOR item. */
    @Test
    void thePledgeUnderstandsBytesInTag24() throws Exception {
        Asa registrar = asa("quadski", KEYS);
        town.await(registrar.register(PUBLIC_KEY));
        registrar
                .listenNegotiate(
                        KEYS,
                        negotiation -> negotiation.converse(offers -> offers.concatMap(offer -> {
                            byte[] pem = bytesOf(offer.value(), 1);
                            CborWriter keys = new CborWriter();
                            keys.writeArrayHeader(2);
                            keys.writeBytes(KEY.key());
                            keys.writeBytes(KEY.iv());
                            return Mono.fromCallable(() ->
                                    Move.propose(tagged(oaep(Cipher.ENCRYPT_MODE, read(pem), keys.toByteArray()))));
                        })))
                .subscribe();
        Grasp pledge = town.node(); // hears the only flood
        town.await(registrar.flood(PUBLIC_KEY.withValue(tagged(pem(ofAnother.getPublic()))), LONG));
        enroll(pledge, PASSWORD, stored::add);
        assertThat(stored)
                .singleElement()
                .satisfies(key -> assertThat(key.key()).isEqualTo(KEY.key()));
    }

    private Asa asa(String name, Objective objective) {
        Asa asa = town.await(town.node().registerAsa(name)).get(0);
        town.await(asa.register(objective));
        return asa;
    }

    private static KeyPair newKeyPair(int bits) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(bits);
        return generator.generateKeyPair();
    }

    private static byte[] oaep(int mode, Key key, byte[] input) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
        cipher.init(
                mode,
                key,
                new OAEPParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT));
        return cipher.doFinal(input);
    }

    private static byte[] pem(PublicKey key) {
        String content = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded());
        return ("-----BEGIN PUBLIC KEY-----\n" + content + "\n-----END PUBLIC KEY-----\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static PublicKey read(byte[] pem) throws GeneralSecurityException {
        String content = new String(pem, StandardCharsets.US_ASCII).replaceAll("-----[A-Z ]+-----|\\s", "");
        return KeyFactory.getInstance("RSA")
                .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(content)));
    }

    private static ObjectiveValue list(byte[] first, byte[] second) {
        CborWriter writer = new CborWriter();
        writer.writeArrayHeader(2);
        writer.writeBytes(first);
        writer.writeBytes(second);
        return item(writer);
    }

    private static ObjectiveValue tagged(byte[] bytes) {
        CborWriter writer = new CborWriter();
        writer.writeTag(24);
        writer.writeBytes(bytes);
        return item(writer);
    }

    private static ObjectiveValue item(CborWriter writer) {
        byte[] encoded = writer.toByteArray();
        return ObjectiveValue.ofItem(CborItem.wrap(encoded, 0, encoded.length));
    }

    private static byte[] bytes(ObjectiveValue value) throws CborException {
        return value.item().reader().readBytes();
    }

    private static byte[] bytesOf(ObjectiveValue list, int index) {
        try {
            var reader = list.item().reader();
            reader.readArrayHeader();
            for (int i = 0; i < index; i++) {
                reader.skip();
            }
            return reader.readBytes();
        } catch (CborException e) {
            throw new AssertionError(e);
        }
    }

    /** A node that sees the request of a pledge could send its encrypted password with a key of its own. */
    @Test
    void anEncryptedPasswordIsTakenWithOneKeyOnly() throws Exception {
        registrar();
        Asa pledge = asa("qpledge", KEYS.withDryRun(true));
        byte[] pem = bytes(town.await(pledge.floods(PUBLIC_KEY.name()).next())
                .get(0)
                .objective()
                .value());
        byte[] encrypted = oaep(Cipher.ENCRYPT_MODE, read(pem), PASSWORD);
        ObjectiveValue request = list(encrypted, pem(ofPledge.getPublic()));
        for (int i = 0; i < 2; i++) { // it may try again
            assertThat(town.await(
                            pledge.negotiate(KEYS.withValue(request), offers -> offers.map(offer -> Move.accept()))))
                    .singleElement()
                    .isInstanceOf(NegotiationOutcome.Accepted.class);
        }
        ObjectiveValue replayed = list(encrypted, pem(ofAnother.getPublic()));
        assertThat(town.await(pledge.negotiate(KEYS.withValue(replayed), offers -> offers.map(offer -> Move.accept()))))
                .singleElement()
                .isInstanceOfSatisfying(
                        NegotiationOutcome.Declined.class,
                        declined -> assertThat(declined.reason()).contains("came with another key before"));
    }
}
