//! What a processor says that it can do, by the names that Linux gives it.
//!
//! The instruction CPUID answers with bits. A hypervisor may answer in the processor's place, and hides what it can't offer
//! its guests; a container's programs ask the processor itself. So the names that are missing inside a VM are what its
//! programs can't use, however able the machine is.
//!
//! Simplified: only the leaves that matter to programs, and no flags of Linux's own making (`constant_tsc`, mitigations).
//!
//! Read next: Intel SDM volume 2, CPUID; arch/x86/include/asm/cpufeatures.h.

use alloc::string::String;

/// Leaf, subleaf, register (eax to edx), and the names of its bits from 0 on; `-` is one without.
type Word = (u32, u32, usize, &'static str);

#[rustfmt::skip]
const WORDS: [Word; 9] = [
    (1, 0, 3, "fpu vme de pse tsc msr pae mce cx8 apic - sep mtrr pge mca cmov \
        pat pse36 pn clflush - dts acpi mmx fxsr sse sse2 ss ht tm ia64 pbe"),
    (1, 0, 2, "pni pclmulqdq dtes64 monitor ds_cpl vmx smx est tm2 ssse3 cid sdbg fma cx16 xtpr pdcm \
        - pcid dca sse4_1 sse4_2 x2apic movbe popcnt tsc_deadline_timer aes xsave osxsave avx f16c rdrand hypervisor"),
    (7, 0, 1, "fsgsbase tsc_adjust sgx bmi1 hle avx2 - smep bmi2 erms invpcid rtm cqm - mpx rdt_a \
        avx512f avx512dq rdseed adx smap avx512ifma - clflushopt clwb intel_pt avx512pf avx512er avx512cd sha_ni avx512bw avx512vl"),
    (7, 0, 2, "- avx512vbmi umip pku ospke waitpkg avx512_vbmi2 shstk gfni vaes vpclmulqdq avx512_vnni avx512_bitalg tme avx512_vpopcntdq - \
        la57 - - - - - rdpid - bus_lock_detect cldemote - movdiri movdir64b enqcmd - -"),
    (7, 0, 3, "- - avx512_4vnniw avx512_4fmaps fsrm uintr - - avx512_vp2intersect srbds_ctrl md_clear rtm_always_abort - tsx_force_abort serialize hybrid_cpu \
        tsxldtrk - pconfig arch_lbr ibt - amx_bf16 avx512_fp16 amx_tile amx_int8 spec_ctrl intel_stibp flush_l1d arch_capabilities core_capabilities spec_ctrl_ssbd"),
    (7, 1, 0, "- - - - avx_vnni avx512_bf16 lass cmpccxadd arch_perfmon_ext - fzrm fsrs fsrc - - - \
        - fred lkgs wrmsrns - amx_fp16 - avx_ifma - - lam - - - - -"),
    (0xd, 1, 0, "xsaveopt xsavec xgetbv1 xsaves - - - - - - - - - - - - - - - - - - - - - - - - - - - -"),
    (0x8000_0001, 0, 2, "lahf_lm cmp_legacy svm extapic cr8_legacy abm sse4a misalignsse 3dnowprefetch osvw ibs xop skinit wdt - lwp \
        fma4 tce - nodeid_msr - tbm topoext perfctr_core perfctr_nb - bpext ptsc perfctr_llc mwaitx - -"),
    (0x8000_0001, 0, 3, "- - - - - - - - - - - syscall - - - - \
        - - - mp nx - mmxext - - fxsr_opt pdpe1gb rdtscp - lm 3dnowext 3dnow"),
];

/// The names of what this processor can do, with a space between each, where `cpuid` asks it: leaf, subleaf → eax to edx.
pub fn names(cpuid: impl Fn(u32, u32) -> [u32; 4]) -> String {
    let mut found = String::new();
    for (leaf, subleaf, register, bits) in WORDS {
        // A leaf beyond the last one is answered with something else.
        let [last, ..] = cpuid(leaf & 0x8000_0000, 0);
        let value = match leaf <= last {
            true => cpuid(leaf, subleaf)[register],
            false => 0,
        };
        let names = bits.split_whitespace().enumerate();
        for (_, name) in names.filter(|(bit, name)| value >> bit & 1 == 1 && *name != "-") {
            if !found.is_empty() {
                found.push(' ');
            }
            found.push_str(name);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::vec::Vec;

    #[test]
    fn every_word_has_32_names_and_none_comes_twice() {
        let mut all = BTreeSet::new();
        for (leaf, _, _, bits) in WORDS {
            assert_eq!(bits.split_whitespace().count(), 32, "{leaf:#x} {bits}");
            for name in bits.split_whitespace().filter(|name| *name != "-") {
                assert!(all.insert(name), "{name}");
            }
        }
    }

    #[test]
    fn bits_become_names_and_leaves_that_are_not_there_none() {
        let old = |leaf, _| match leaf {
            0 => [1, 0, 0, 0],
            1 => [0, 0, 1 << 31, 1 | 1 << 26],
            // What a processor says of a leaf that it doesn't have is not to be believed.
            _ => [0, u32::MAX, u32::MAX, u32::MAX],
        };
        let names = names(old);
        let names: Vec<&str> = names.split(' ').collect();
        assert_eq!(names, ["fpu", "sse2", "hypervisor"]);
    }
}
