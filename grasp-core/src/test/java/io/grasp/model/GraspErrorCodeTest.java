package io.grasp.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The error codes are those of RFC 8991 appendix A. */
class GraspErrorCodeTest {
    private static final List<String> NAMES = List.of(
            "ok",
            "declined",
            "noReply",
            "unspec",
            "ASAfull",
            "dupASA",
            "noASA",
            "notYourASA",
            "notBoth",
            "notDry",
            "notOverlap",
            "objFull",
            "objReg",
            "notYourObj",
            "notObj",
            "notNeg",
            "noSecurity",
            "noDiscReply",
            "sockErrNegRq",
            "noSession",
            "noSocket",
            "loopExhausted",
            "sockErrNegStep",
            "noPeer",
            "CBORfail",
            "invalidNeg",
            "invalidEnd",
            "noNegReply",
            "noValidStep",
            "sockErrWait",
            "sockErrEnd",
            "IDclash",
            "notSynch",
            "notFloodDisc",
            "sockErrSynRq",
            "noListener",
            "noSynchReply",
            "noValidSynch",
            "invalidLoc");

    @Test
    @Proves("8991-2.3.2.2-1")
    void numbersAndNamesAreThoseOfTheRfc() {
        assertThat(Arrays.stream(GraspErrorCode.values()))
                .extracting(GraspErrorCode::rfcName)
                .isEqualTo(NAMES);
        assertThat(Arrays.stream(GraspErrorCode.values()))
                .allSatisfy(code -> assertThat(code.number()).isEqualTo(NAMES.indexOf(code.rfcName())));
    }
}
