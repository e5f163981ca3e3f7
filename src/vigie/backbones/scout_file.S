// The weights file of scout as read-only data of the program, between two symbols (scout_weights.cpp).
        .section .rodata
        .balign 64
        .globl vigie_scout_begin
vigie_scout_begin:
        .incbin VIGIE_SCOUT_FILE
        .globl vigie_scout_end
vigie_scout_end:
        .section .note.GNU-stack,"",@progbits
