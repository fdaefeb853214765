//! Acts of land recovery, as the law names them: the nine stages and what lies between and beside them.

use serde::{Deserialize, Serialize};

use crate::domain::Stage;

macro_rules! acts {
    ($($(#[$doc:meta])* $name:ident = $code:literal,)*) => {
        /// A step of the legal procedure that a document proves.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[repr(u8)]
        pub enum Act {
            $($(#[$doc])* $name,)*
        }

        impl Act {
            /// All acts by number: the stages first.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The act's code in files, answers and the ledger.
            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }
        }
    };
}

acts! {
    /// Có căn cứ thu hồi.
    Listed = "listed",
    /// Họp phổ biến.
    Meeting = "meeting",
    /// Thông báo thu hồi đất.
    Notice = "notice",
    /// Kiểm đếm.
    Inventory = "inventory",
    /// Niêm yết phương án.
    PlanPosted = "plan_posted",
    /// Quyết định phê duyệt phương án.
    PlanApproved = "plan_approved",
    /// Chi trả.
    Paid = "paid",
    /// Quyết định thu hồi đất.
    RecoveryDecided = "recovery_decided",
    /// Bàn giao.
    HandedOver = "handed_over",
    /// Ban hành lại thông báo.
    NoticeReissued = "notice_reissued",
    /// Tất cả đồng ý thu hồi sớm.
    EarlyAgreed = "early_agreed",
    /// Vận động kiểm đếm.
    PersuasionInventory = "persuasion_inventory",
    /// Quyết định kiểm đếm bắt buộc.
    MandatoryInventory = "mandatory_inventory",
    /// Quyết định cưỡng chế kiểm đếm.
    InventoryEnforcement = "inventory_enforcement",
    /// Ban cưỡng chế vận động.
    BoardPersuasion = "board_persuasion",
    /// Đã cưỡng chế kiểm đếm.
    InventoryEnforced = "inventory_enforced",
    /// Lấy ý kiến.
    Consulted = "consulted",
    /// Đối thoại.
    Dialogue = "dialogue",
    /// Trình thẩm định.
    Submitted = "submitted",
    /// Thẩm định.
    Appraised = "appraised",
    /// Xác nhận trên 75 % đồng ý.
    AgreementConfirmed = "agreement_confirmed",
    /// Đủ điều kiện tái định cư.
    Resettled = "resettled",
    /// Gửi tiền vào tài khoản.
    Deposited = "deposited",
    /// Vận động về phương án.
    PersuasionPlan = "persuasion_plan",
    /// Vận động bàn giao.
    PersuasionHandover = "persuasion_handover",
    /// Quyết định cưỡng chế thu hồi đất.
    EnforcementDecided = "enforcement_decided",
    /// Yêu cầu công an.
    PoliceRequested = "police_requested",
    /// Chấp hành trước cưỡng chế.
    Complied = "complied",
    /// Đã cưỡng chế.
    Enforced = "enforced",
    /// Thu hồi giấy chứng nhận.
    CertificateCollected = "certificate_collected",
    /// Tạm dừng.
    Paused = "paused",
}

impl Act {
    /// Number of acts.
    pub const COUNT: usize = Self::ALL.len();

    /// The act with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|act| act.code() == code)
    }

    /// 0 … [`Act::COUNT`] − 1.
    pub fn number(self) -> usize {
        self as usize
    }

    /// The stage that it is, if it is one.
    pub fn stage(self) -> Option<Stage> {
        Stage::ALL.get(self.number()).copied()
    }
}

/// Several acts, a bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct ActSet(u32);

// Each act has a bit of its own.
const _: () = assert!(Act::COUNT <= 32);

impl ActSet {
    pub(super) fn of<'a>(acts: impl IntoIterator<Item = &'a Act>) -> Self {
        Self(acts.into_iter().fold(0, |set, act| set | (1 << act.number())))
    }

    /// The stages of a mask, by number.
    pub(super) fn of_stages(mask: u16) -> Self {
        Self(u32::from(mask))
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) fn holds_all(self, others: Self) -> bool {
        others.0 & !self.0 == 0
    }

    pub(super) fn holds(self, act: Act) -> bool {
        self.0 & (1 << act.number()) != 0
    }
}

impl From<Stage> for Act {
    fn from(stage: Stage) -> Self {
        Self::ALL[stage.number()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stages_come_first_with_their_own_codes() {
        for stage in Stage::ALL {
            let act = Act::from(stage);
            assert_eq!((act.stage(), act.code()), (Some(stage), stage.code()));
        }
        for act in Act::ALL {
            assert_eq!(Act::from_code(act.code()), Some(*act));
        }
        assert_eq!(Act::NoticeReissued.stage(), None);
    }
}
