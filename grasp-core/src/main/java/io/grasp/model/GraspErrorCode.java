package io.grasp.model;

/** The error codes of RFC 8991 appendix A, by their names and numbers there. */
public enum GraspErrorCode {
    /** ok: OK. */
    OK(0, "ok", "OK"),

    /** declined: declined. */
    DECLINED(1, "declined", "Declined"),

    /** noReply: no reply. */
    NO_REPLY(2, "noReply", "No reply"),

    /** unspec: unspecified error. */
    UNSPECIFIED(3, "unspec", "Unspecified error"),

    /** ASAfull: ASA registry full. */
    ASA_FULL(4, "ASAfull", "ASA registry full"),

    /** dupASA: duplicate ASA name. */
    DUPLICATE_ASA(5, "dupASA", "Duplicate ASA name"),

    /** noASA: ASA not registered. */
    NO_ASA(6, "noASA", "ASA not registered"),

    /** notYourASA: ASA registered but not by you. */
    NOT_YOUR_ASA(7, "notYourASA", "ASA registered but not by you"),

    /** notBoth: objective cannot support both negotiation and synchronization. */
    NOT_BOTH(8, "notBoth", "Objective cannot support both negotiation and synchronization"),

    /** notDry: dry-run allowed only with negotiation. */
    NOT_DRY(9, "notDry", "Dry-run allowed only with negotiation"),

    /** notOverlap: overlap not supported by this implementation. */
    NOT_OVERLAP(10, "notOverlap", "Overlap not supported by this implementation"),

    /** objFull: objective registry full. */
    OBJECTIVES_FULL(11, "objFull", "Objective registry full"),

    /** objReg: objective already registered. */
    OBJECTIVE_REGISTERED(12, "objReg", "Objective already registered"),

    /** notYourObj: objective not registered by this ASA. */
    NOT_YOUR_OBJECTIVE(13, "notYourObj", "Objective not registered by this ASA"),

    /** notObj: objective not found. */
    NOT_OBJECTIVE(14, "notObj", "Objective not found"),

    /** notNeg: objective not negotiable. */
    NOT_NEGOTIABLE(15, "notNeg", "Objective not negotiable"),

    /** noSecurity: no security. */
    NO_SECURITY(16, "noSecurity", "No security"),

    /** noDiscReply: no reply to discovery. */
    NO_DISCOVERY_REPLY(17, "noDiscReply", "No reply to discovery"),

    /** sockErrNegRq: socket error sending negotiation request. */
    SOCKET_ERROR_REQUEST(18, "sockErrNegRq", "Socket error sending negotiation request"),

    /** noSession: no session. */
    NO_SESSION(19, "noSession", "No session"),

    /** noSocket: no socket. */
    NO_SOCKET(20, "noSocket", "No socket"),

    /** loopExhausted: loop count exhausted. */
    LOOP_EXHAUSTED(21, "loopExhausted", "Loop count exhausted"),

    /** sockErrNegStep: socket error sending negotiation step. */
    SOCKET_ERROR_STEP(22, "sockErrNegStep", "Socket error sending negotiation step"),

    /** noPeer: no negotiation peer. */
    NO_PEER(23, "noPeer", "No negotiation peer"),

    /** CBORfail: CBOR decode failure. */
    CBOR_FAIL(24, "CBORfail", "CBOR decode failure"),

    /** invalidNeg: invalid Negotiate message. */
    INVALID_NEGOTIATE(25, "invalidNeg", "Invalid Negotiate message"),

    /** invalidEnd: invalid end message. */
    INVALID_END(26, "invalidEnd", "Invalid end message"),

    /** noNegReply: no reply to negotiation step. */
    NO_NEGOTIATION_REPLY(27, "noNegReply", "No reply to negotiation step"),

    /** noValidStep: no valid reply to negotiation step. */
    NO_VALID_STEP(28, "noValidStep", "No valid reply to negotiation step"),

    /** sockErrWait: socket error sending wait message. */
    SOCKET_ERROR_WAIT(29, "sockErrWait", "Socket error sending wait message"),

    /** sockErrEnd: socket error sending end message. */
    SOCKET_ERROR_END(30, "sockErrEnd", "Socket error sending end message"),

    /** IDclash: incoming request Session ID clash. */
    ID_CLASH(31, "IDclash", "Incoming request Session ID clash"),

    /** notSynch: not a synchronization objective. */
    NOT_SYNCHRONIZABLE(32, "notSynch", "Not a synchronization objective"),

    /** notFloodDisc: not flooded and no reply to discovery. */
    NOT_FLOODED_NOR_DISCOVERED(33, "notFloodDisc", "Not flooded and no reply to discovery"),

    /** sockErrSynRq: socket error sending synch request. */
    SOCKET_ERROR_SYNCH_REQUEST(34, "sockErrSynRq", "Socket error sending synch request"),

    /** noListener: no synch listener. */
    NO_LISTENER(35, "noListener", "No synch listener"),

    /** noSynchReply: no reply to synchronization request. */
    NO_SYNCH_REPLY(36, "noSynchReply", "No reply to synchronization request"),

    /** noValidSynch: no valid reply to synchronization request. */
    NO_VALID_SYNCH(37, "noValidSynch", "No valid reply to synchronization request"),

    /** invalidLoc: invalid locator. */
    INVALID_LOCATOR(38, "invalidLoc", "Invalid locator");

    private final int number;
    private final String rfcName;
    private final String text;

    GraspErrorCode(int number, String rfcName, String text) {
        this.number = number;
        this.rfcName = rfcName;
        this.text = text;
    }

    /** {@return the code's number, 0 to 38} */
    public int number() {
        return number;
    }

    /** {@return the code's name as the RFC spells it, such as {@code noDiscReply}} */
    public String rfcName() {
        return rfcName;
    }

    /** {@return the code's text in the RFC} */
    public String text() {
        return text;
    }
}
